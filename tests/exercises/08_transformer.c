/* 08_transformer.c -- the checks of chapter 8's exercises, and answers, wrong
 * and right, that try them. README.md says how to write both. */

/* ---- 1: where the parameters are ----------------------------------------- */

static void decoder_layer_check(long d, long hidden)
{
    given((double)d);
    given((double)hidden);
    double got = (double)CALL(decoder_layer, (d, hidden));
    double attention = (double)(4 * (d * d + d)), norm = 2.0 * (double)d;
    double network = (double)(2 * d * hidden + d + hidden);
    suspect(attention + network + 2 * norm, "That is an encoder layer. Look at"
            " the sublayer that a decoder has beside it.");
    suspect(2 * attention + network + 2 * norm, "Look at the norms: each"
            " sublayer has one, and there are three sublayers.");
    suspect(2 * attention + network + 6 * norm, "A norm has a gain and a bias,"
            " d numbers each: 2 d in all. Look at how often you count them.");
    suspect(8.0 * (double)(d * d + d) - (double)d + network + 3 * norm,
            "One projection lacks its bias. Look at W^O: it has one, too.");
    suspect(8.0 * (double)(d * d) + 2.0 * (double)(d * hidden),
            "That is the matrices alone. Look at the biases and the norms.");
    expect(got, 2 * attention + network + 3 * norm, 1e-9, "Look at the formulas"
           " under \"How large is it?\", and at how often each occurs.");
}

CHECK(decoder_layer)
{
    decoder_layer_check(512, 2048);
    decoder_layer_check(10, 3);
    decoder_layer_check(3, 10);
}

static long WRONG(decoder_layer, encoder)(long d, long hidden)
{
    return 4 * (d * d + d) + 2 * d * hidden + d + hidden + 4 * d;
}

static long WRONG(decoder_layer, no_biases)(long d, long hidden)
{
    return 8 * d * d + 2 * d * hidden;
}

static long WRONG(decoder_layer, two_norms)(long d, long hidden)
{
    return 8 * (d * d + d) + 2 * d * hidden + d + hidden + 4 * d;
}

static long WRONG(decoder_layer, one_bias_short)(long d, long hidden)
{
    return 8 * (d * d + d) - d + 2 * d * hidden + d + hidden + 6 * d;
}

static long WRONG(decoder_layer, output_projections_left_out)(long d,
                                                              long hidden)
{
    return 6 * (d * d + d) + 2 * d * hidden + d + hidden + 6 * d;
}

static long WRONG(decoder_layer, network_one_way)(long d, long hidden)
{
    return 8 * (d * d + d) + d * hidden + hidden + 6 * d;
}

static long RIGHT(decoder_layer, multiplied_out)(long d, long hidden)
{
    return 8 * d * d + 15 * d + (2 * d + 1) * hidden;
}

static long RIGHT(decoder_layer, by_parts)(long d, long hidden)
{
    long linear = d * d + d, up = (d + 1) * hidden, down = (hidden + 1) * d;
    long sum = 3 * (d + d);
    for (int i = 0; i < 2 * 4; i++)
        sum += linear;
    return sum + up + down;
}

static long RIGHT(decoder_layer, by_the_chapter)(long d, long hidden)
{
    TransformerOptions o = { .layers = 1, .width = (int)d, .heads = 1,
                             .hidden = (int)hidden, .post_norm = true };
    long encoder = 4 * (d * d + d) + 2 * d * hidden + d + hidden + 4 * d;
    return transformer_count(o, 0, 0, true) - encoder;
}

/* ---- 2: what the decoder reads, and what it should say ------------------- */

static void teacher_forcing_check(int n, const int *words)
{
    const int *sentence = ints_of(n, words);
    int *reads = ints_for(n + 1), *says = ints_for(n + 1);
    int *want_reads = ints_for(n + 1), *want_says = ints_for(n + 1);
    want_reads[0] = START;
    for (int i = 0; i < n; i++)
        want_reads[i + 1] = want_says[i] = words[i];
    want_says[n] = END;
    given(n);
    given_array(n, sentence);
    CALL(teacher_forcing, (n, sentence, reads, says));
    expect(ints_row(n + 1, reads), ints_row(n + 1, want_reads), 0, "These are"
           " the numbers in `reads` (START is 1, END is 2). Look at what the"
           " decoder has read before the first word, and at how many numbers"
           " there are: it does not read END.");
    suspect(ints_row(n + 1, want_reads), "`says` is what it reads. Look at the"
            " shift: it should say the next token, not repeat this one.");
    expect(ints_row(n + 1, says), ints_row(n + 1, want_says), 0, "These are the"
           " numbers in `says` (START is 1, END is 2). Look at the last place:"
           " what comes after the last word?");
}

CHECK(teacher_forcing)
{
    teacher_forcing_check(3, (const int[]){ 7, 5, 9 });
    teacher_forcing_check(1, (const int[]){ 4 });
    teacher_forcing_check(6, (const int[]){ 301, 12, 12, 8, 4, 77 });
}

static void WRONG(teacher_forcing, no_shift)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = says[0] = START;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i + 1] = sentence[i];
}

static void WRONG(teacher_forcing, starts_with_padding)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = PAD;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i] = sentence[i];
    says[n] = END;
}

static void WRONG(teacher_forcing, ends_with_padding)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = START;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i] = sentence[i];
    says[n] = PAD;
}

static void WRONG(teacher_forcing, reads_the_end_too)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = START;
    for (int i = 0; i <= n; i++)
        reads[i + 1] = says[i] = i < n ? sentence[i] : END;
}

static void WRONG(teacher_forcing, padding_behind)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = START;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i] = sentence[i];
    says[n] = END;
    says[n + 1] = PAD;
}

static void WRONG(teacher_forcing, end_forgotten)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = START;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i] = sentence[i];
}

static void RIGHT(teacher_forcing, copied)
    (int n, const int *sentence, int *reads, int *says)
{
    memcpy(reads + 1, sentence, (size_t)n * sizeof *reads);
    memcpy(says, sentence, (size_t)n * sizeof *says);
    reads[0] = START;
    says[n] = END;
}

static void RIGHT(teacher_forcing, one_after_another)
    (int n, const int *sentence, int *reads, int *says)
{
    for (int i = 0; i <= n; i++) {
        reads[i] = i ? sentence[i - 1] : START;
        says[i] = i == n ? END : sentence[i];
    }
}

static void RIGHT(teacher_forcing, by_the_chapter)
    (int n, const int *sentence, int *reads, int *says)
{
    int ids[16];
    memcpy(ids, sentence, (size_t)n * sizeof *ids);
    Ids list[1] = { { n, ids } };
    Sentences table = sentences_of(1, list, true);
    for (int i = 0; i <= n; i++) {
        reads[i] = table.ids[i];
        says[i] = i < n ? table.ids[i + 1] : END;
    }
}

/* ---- 3: find the bug: too good to be true -------------------------------- */

static void accuracy_check(int n, const int *said_numbers,
                           const int *right_numbers, double want)
{
    const int *said = ints_of(n, said_numbers);
    const int *right = ints_of(n, right_numbers);
    int kind = 0, same = 0;
    for (int i = 0; i < n; i++) {
        kind += said[i] == right[i] || right[i] == T_IGNORE;
        same += said[i] == right[i];
    }
    given(n);
    given_array(n, said);
    given_array(n, right);
    double got = CALL(accuracy, (n, said, right));
    if (want > 0 && want < 1)
        suspect(0.0, "Look at the division: of two whole numbers C drops what is"
                " behind the point.");
    suspect((double)kind / n, "Padding still counts as right. Look at what"
            " T_IGNORE adds above the fraction bar.");
    suspect((double)same / n, "Padding still counts below the fraction bar."
            " Look at what you divide by.");
    if (want == 0)
        suspect(1.0, "No place counts here. Look at the text: then it is 0.");
    expect(got, want, 1e-9, "Look at the places where `right` is not T_IGNORE:"
           " how many are there, and at how many is `said` the same?");
}

CHECK(accuracy)
{
    enum { _ = T_IGNORE };
    accuracy_check(5, (const int[]){ 4, 6, 0, 0, 0 },
                   (const int[]){ 4, 5, _, _, _ }, 0.5);
    accuracy_check(7, (const int[]){ 9, 8, 7, 6, 5, 4, 0 },
                   (const int[]){ 1, 8, 7, _, 5, _, 6 }, 0.6);
    accuracy_check(2, (const int[]){ 4, 5 }, (const int[]){ _, _ }, 0);
    accuracy_check(4, (const int[]){ 0, 5, 0, 7 }, (const int[]){ 6, 5, _, 7 },
                   2 / 3.0);
}

static double WRONG(accuracy, as_it_was)(int n, const int *said,
                                         const int *right)
{
    int same = 0;
    for (int i = 0; i < n; i++)
        same += said[i] == right[i] || right[i] == T_IGNORE;
    return (double)same / n;
}

static double WRONG(accuracy, divides_by_all)(int n, const int *said,
                                              const int *right)
{
    int same = 0;
    for (int i = 0; i < n; i++)
        same += said[i] == right[i];
    return (double)same / n;
}

static double WRONG(accuracy, stops_at_the_first_padding)
    (int n, const int *said, const int *right)
{
    int same = 0, count = 0;
    for (; count < n && right[count] != T_IGNORE; count++)
        same += said[count] == right[count];
    return count == 0 ? 0 : (double)same / count;
}

static double WRONG(accuracy, whole_numbers)(int n, const int *said,
                                             const int *right)
{
    int same = 0, count = 0;
    for (int i = 0; i < n; i++) {
        same += said[i] == right[i];
        count += right[i] != T_IGNORE;
    }
    return count ? same / count : 0;
}

static double WRONG(accuracy, what_it_says_is_padding)(int n, const int *said,
                                                       const int *right)
{
    int same = 0, count = 0;
    for (int i = 0; i < n; i++)
        if (said[i] != PAD) {
            same += said[i] == right[i];
            count++;
        }
    return count ? (double)same / count : 0;
}

static double WRONG(accuracy, one_if_none_counts)(int n, const int *said,
                                                  const int *right)
{
    int same = 0, count = 0;
    for (int i = 0; i < n; i++) {
        same += said[i] == right[i];
        count += right[i] != T_IGNORE;
    }
    return count ? (double)same / count : 1;
}

static double RIGHT(accuracy, two_counts)(int n, const int *said,
                                          const int *right)
{
    double same = 0, count = 0;
    for (int i = 0; i < n; i++) {
        count += right[i] != T_IGNORE;
        same += right[i] != T_IGNORE && said[i] == right[i];
    }
    return same / fmax(1, count);
}

static double RIGHT(accuracy, running_mean)(int n, const int *said,
                                            const int *right)
{
    double mean = 0;
    for (int i = 0, count = 0; i < n; i++)
        if (right[i] >= 0)
            mean += ((said[i] == right[i]) - mean) / ++count;
    return mean;
}

static double RIGHT(accuracy, wrong_ones)(int n, const int *said,
                                          const int *right)
{
    int wrong = 0, count = n;
    for (int i = 0; i < n; i++)
        if (right[i] == T_IGNORE)
            count--;
        else if (said[i] != right[i])
            wrong++;
    return count ? 1 - (double)wrong / count : 0;
}

/* ---- 4: a layer as it was published --------------------------------------- */

/* Norms do nothing at first, and could be exchanged: let each have learned. */
static void learn_something(Params *list, Rng *rng)
{
    for (int i = 0; i < list->n; i++)
        if (list->at[i]->shape.n == 1)
            t_assign(list->at[i], t_add(list->at[i],
                                        t_uniform(rng, -1, 1,
                                                  t_size(list->at[i]))));
}

static Transformer one_layer(uint64_t seed)
{
    Rng rng = rng_new(seed);
    Transformer model = transformer_new(
        (TransformerOptions){ .layers = 1, .width = 6, .heads = 2,
                              .hidden = 10 }, 9, 9, &rng);
    learn_something(&model.params, &rng);
    return model;
}

enum { NORM_BEFORE = 1, NO_SUM = 2, NO_RELU = 4, NO_MASK = 8, NO_NORM = 16,
       SAME_NORM = 32, OLD_X = 64 };

static Tensor *layer_but(const EncoderLayer *e, Tensor *x,
                         const Tensor *padding, int mistake)
{
    Tensor *old = x, *in = x;
    MultiHeadOptions o = { .mask = mistake & NO_MASK ? NULL : padding };
    if (mistake & NORM_BEFORE)
        in = nn_layer_norm(e->self_norm, x);
    Tensor *f = multi_head(e->self, in, in, o);
    x = mistake & NO_SUM ? f : t_add(x, f);
    if (!(mistake & (NORM_BEFORE | NO_NORM)))
        x = nn_layer_norm(e->self_norm, x);
    in = mistake & NORM_BEFORE ? nn_layer_norm(e->feed_norm, x) : x;
    f = nn_linear(e->feed.up, in);
    f = nn_linear(e->feed.down, mistake & NO_RELU ? f : t_relu(f));
    x = mistake & NO_SUM ? f : t_add(mistake & OLD_X ? old : x, f);
    if (mistake & (NORM_BEFORE | NO_NORM))
        return x;
    return nn_layer_norm(mistake & SAME_NORM ? e->self_norm : e->feed_norm, x);
}

static void published_layer_check(uint64_t seed, int B, int n)
{
    Transformer model = one_layer(seed);
    const EncoderLayer *e = &model.encoder[0];
    Rng rng = rng_new(seed);
    Tensor *x = simple(&rng, B, n, 6);
    int lengths[3] = { n, n - 1, 1 };
    Tensor *padding = nn_padding_mask(B, lengths, n);
    given(x);
    given(padding);
    Tensor *got = CALL(published_layer, (e, x, padding));
    suspect(layer_but(e, x, padding, NORM_BEFORE), "That is the chapter's layer,"
            " with the norm before. Look at where the paper has it.");
    suspect(layer_but(e, x, padding, NO_SUM), "Look at the sum: what came in"
            " passes by, and is added.");
    suspect(layer_but(e, x, padding, NO_RELU), "Look inside the network: what"
            " stands between its two products?");
    suspect(layer_but(e, x, padding, NO_MASK), "Look at who is looked at:"
            " padding is no token.");
    suspect(layer_but(e, x, padding, NO_NORM), "Look at the norms: each half"
            " ends with one.");
    suspect(layer_but(e, x, padding, SAME_NORM), "Look at the second norm: it has"
            " numbers of its own.");
    suspect(layer_but(e, x, padding, OLD_X), "Look at what the network's result"
            " is added to: it is what the network has read.");
    expect(got, layer_but(e, x, padding, 0), 1e-4, "Look at the two halves one"
           " after the other: what goes in, what is added, what is normed?");
}

CHECK(published_layer)
{
    published_layer_check(1, 2, 3);
    published_layer_check(2, 1, 5);
    published_layer_check(3, 3, 2);
}

static Tensor *WRONG(published_layer, norm_before)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, NORM_BEFORE);
}

static Tensor *WRONG(published_layer, no_sum)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, NO_SUM);
}

static Tensor *WRONG(published_layer, no_relu)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, NO_RELU);
}

static Tensor *WRONG(published_layer, padding_is_seen)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, NO_MASK);
}

static Tensor *WRONG(published_layer, no_norm)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, NO_NORM);
}

static Tensor *WRONG(published_layer, one_norm_twice)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, SAME_NORM);
}

static Tensor *WRONG(published_layer, added_to_what_came_first)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    return layer_but(e, x, padding, OLD_X);
}

static Tensor *RIGHT(published_layer, sum_and_norm_at_once)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    Tensor *f = multi_head(e->self, x, x, (MultiHeadOptions){ .mask = padding });
    x = nn_add_norm(e->self_norm, x, f);
    f = t_relu(nn_linear(e->feed.up, x));
    return nn_add_norm(e->feed_norm, x, nn_linear(e->feed.down, f));
}

static Tensor *RIGHT(published_layer, in_two_parts)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    KeysValues kv = keys_values(e->self, x);
    Tensor *f = multi_head_look(e->self, x, kv,
                                (MultiHeadOptions){ .mask = padding });
    Tensor *y = nn_layer_norm(e->self_norm, t_add(f, x));
    Tensor *up = nn_linear(e->feed.up, y);
    Tensor *down = nn_linear(e->feed.down, t_relu(up));
    return nn_layer_norm(e->feed_norm, t_add(down, y));
}

static Tensor *RIGHT(published_layer, row_by_row)
    (const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    Tensor *f = multi_head(e->self, x, x, (MultiHeadOptions){ .mask = padding });
    x = nn_layer_norm(e->self_norm, t_add(x, f));
    Tensor *rows = NULL;
    for (int i = 0; i < t_dim(x, 1); i++) {
        Tensor *row = t_slice(x, 1, i, i + 1);
        f = nn_linear(e->feed.down, t_relu(nn_linear(e->feed.up, row)));
        row = nn_layer_norm(e->feed_norm, t_add(row, f));
        rows = rows ? t_concat(1, rows, row) : row;
    }
    return rows;
}

/* ---- 5: connect the two halves -------------------------------------------- */

enum { NORMED_SOURCE = 1, NOT_NORMED = 2, NOT_ADDED = 4, SOURCE_ALL = 8,
       SELF = 16, ADDED_NORMED = 32, WRONG_HEADS = 64 };

static Tensor *cross_but(const DecoderLayer *layer, Tensor *x, Tensor *encoded,
                         const Tensor *padding, int mistake)
{
    Tensor *asking = mistake & NOT_NORMED ? x
                   : nn_layer_norm(layer->cross_norm, x);
    Tensor *answering = mistake & NORMED_SOURCE
        ? nn_layer_norm(layer->cross_norm, encoded)
        : mistake & SELF ? asking : encoded;
    MultiHeadOptions o = {
        .mask = mistake & (SOURCE_ALL | SELF) ? NULL : padding
    };
    Tensor *found = multi_head(mistake & WRONG_HEADS ? layer->self
                                                     : layer->cross,
                               asking, answering, o);
    return mistake & NOT_ADDED ? found
         : t_add(mistake & ADDED_NORMED ? asking : x, found);
}

static void cross_block_check(uint64_t seed, int B, int m, int n)
{
    Transformer model = one_layer(seed);
    const DecoderLayer *layer = &model.decoder[0];
    Rng rng = rng_new(seed);
    Tensor *x = simple(&rng, B, m, 6), *encoded = simple(&rng, B, n, 6);
    int lengths[3] = { n - 1, n, 1 };
    Tensor *padding = nn_padding_mask(B, lengths, n);
    given(x);
    given(encoded);
    given(padding);
    Tensor *got = CALL(cross_block, (layer, x, encoded, padding));
    suspect(cross_but(layer, x, encoded, padding, NOT_ADDED), "Look at the sum:"
            " what is found is added to what came in.");
    suspect(cross_but(layer, x, encoded, padding, NOT_NORMED), "Look at the"
            " norm: x goes through it before it asks.");
    suspect(cross_but(layer, x, encoded, padding, NORMED_SOURCE), "Look at the"
            " encoder's output: it has been through a norm of its own.");
    suspect(cross_but(layer, x, encoded, padding, SOURCE_ALL), "Look at the"
            " padding: not every source token is there.");
    suspect(cross_but(layer, x, encoded, padding, SELF), "That is"
            " self-attention. Look at who answers.");
    suspect(cross_but(layer, x, encoded, padding, ADDED_NORMED), "Look at what"
            " is added to: x as it came in, not what the norm made of it.");
    suspect(cross_but(layer, x, encoded, padding, WRONG_HEADS), "Look at which"
            " of the layer's two attentions this is.");
    expect(got, cross_but(layer, x, encoded, padding, 0), 1e-4, "Look at who"
           " asks, who answers, and what passes by.");
}

CHECK(cross_block)
{
    cross_block_check(1, 2, 2, 3);
    cross_block_check(2, 1, 5, 4);
    cross_block_check(3, 3, 3, 3);      /* where no shape tells them apart */
}

static Tensor *WRONG(cross_block, source_is_normed)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, NORMED_SOURCE);
}

static Tensor *WRONG(cross_block, not_normed)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, NOT_NORMED);
}

static Tensor *WRONG(cross_block, not_added)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, NOT_ADDED);
}

static Tensor *WRONG(cross_block, padding_is_seen)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, SOURCE_ALL);
}

static Tensor *WRONG(cross_block, looks_at_itself)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, SELF);
}

static Tensor *WRONG(cross_block, added_to_what_was_normed)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, ADDED_NORMED);
}

static Tensor *WRONG(cross_block, with_the_other_heads)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    return cross_but(layer, x, encoded, padding, WRONG_HEADS);
}

static Tensor *RIGHT(cross_block, in_two_parts)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    KeysValues kv = keys_values(layer->cross, encoded);
    Tensor *q = nn_layer_norm(layer->cross_norm, x);
    return t_add(multi_head_look(layer->cross, q, kv,
                                 (MultiHeadOptions){ .mask = padding }), x);
}

static Tensor *RIGHT(cross_block, token_by_token)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    Tensor *rows = NULL;
    for (int i = 0; i < t_dim(x, 1); i++) {
        Tensor *row = t_slice(x, 1, i, i + 1);
        Tensor *found = multi_head(layer->cross,
                                   nn_layer_norm(layer->cross_norm, row),
                                   encoded,
                                   (MultiHeadOptions){ .mask = padding });
        row = t_add(row, found);
        rows = rows ? t_concat(1, rows, row) : row;
    }
    return rows;
}

static Tensor *RIGHT(cross_block, weights_and_all)
    (const DecoderLayer *layer, Tensor *x, Tensor *encoded,
     const Tensor *padding)
{
    Tensor *weights;
    MultiHeadOptions o = { .mask = padding, .weights = &weights };
    Tensor *q = nn_layer_norm(layer->cross_norm, x);
    return t_add(x, multi_head(layer->cross, q, encoded, o));
}
