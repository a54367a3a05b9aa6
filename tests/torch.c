/* The library against PyTorch: the same inputs in, the same results, gradients
 * and training steps out. golden/torch.h has the numbers. */
#include "check.h"

#include "golden/torch.h"
#include "learn/nn.h"
#include "learn/opt.h"

/* The largest difference between x and numbers of the same count, relative to
 * the larger of 1 and the number. */
static double difference(const Tensor *x, const float *numbers, size_t bytes)
{
    assert_int_equal((size_t)t_size(x) * sizeof *numbers, bytes);
    double worst = 0;
    for (int i = 0; i < t_size(x); i++) {
        double expected = (double)numbers[i];
        double got = (double)*check_element(x, x->buffer->data, i);
        double d = fabs(got - expected) / fmax(1, fabs(expected));
        worst = d <= worst ? worst : d;     /* NaN, too, is worse */
    }
    return worst;
}

#define assert_agrees(x, numbers, tolerance)                                   \
    do {                                                                       \
        double off_by = difference(x, numbers, sizeof numbers);                \
        if (!(off_by <= (tolerance)))                                          \
            fail_msg("%s: %g away from PyTorch's %s", #x, off_by, #numbers);   \
    } while (0)

static Tensor *param_of(const float *numbers, Shape shape)
{
    Tensor *p = t_param_shape(NULL, shape);
    for (size_t i = 0; i < p->buffer->size; i++)
        p->buffer->data[i] = (real)numbers[i];
    return p;
}

/* The gradient of sum(g y). */
static void backward_from(Tensor *y, const float *g)
{
    t_backward(t_sum(t_mul(y, param_of(g, y->shape)), T_ALL));
}

static void masked_attention_agrees_with_pytorch(void **state)
{
    (void)state;
    Tensor *x = param_of(attention_x, SHAPE(2, 3, 4));
    Tensor *wq = param_of(attention_wq, SHAPE(4, 3));
    Tensor *wk = param_of(attention_wk, SHAPE(4, 3));
    Tensor *wv = param_of(attention_wv, SHAPE(4, 5));
    Tensor *later = t_matrix(3, 3, 0, 1, 1, 0, 0, 1, 0, 0, 0);
    Tensor *scores = t_scale(t_matmul(t_matmul(x, wq),
                                      t_transpose(t_matmul(x, wk))),
                             1 / sqrt(3));
    Tensor *weights = t_softmax(t_masked_fill(scores, later, -INFINITY));
    Tensor *y = t_matmul(weights, t_matmul(x, wv));
    assert_agrees(y, attention_y, 1e-6);
    backward_from(y, attention_g);
    assert_agrees(t_grad(x), attention_dx, 1e-5);
    assert_agrees(t_grad(wq), attention_dwq, 1e-5);
    assert_agrees(t_grad(wk), attention_dwk, 1e-5);
    assert_agrees(t_grad(wv), attention_dwv, 1e-5);
}

static void attention_with_options_agrees_with_pytorch(void **state)
{
    (void)state;
    Tensor *q = param_of(options_q, SHAPE(2, 4, 3, 4));
    Tensor *k = param_of(options_k, SHAPE(2, 2, 5, 4));
    Tensor *v = param_of(options_v, SHAPE(2, 2, 5, 3));
    Tensor *bias = param_of(options_bias, SHAPE(4, 3, 5));
    Tensor *y = t_attention(q, k, v, (AttentionOptions){
        .causal = true, .cached = 2, .window = 3, .scale = 0.9,
        .softcap = 1.5, .bias = bias });
    assert_agrees(y, options_y, 1e-6);
    backward_from(y, options_g);
    assert_agrees(t_grad(q), options_dq, 1e-6);
    assert_agrees(t_grad(k), options_dk, 1e-6);
    assert_agrees(t_grad(v), options_dv, 1e-6);
    assert_agrees(t_grad(bias), options_dbias, 1e-6);
}

static void layer_norm_agrees_with_pytorch(void **state)
{
    (void)state;
    Tensor *x = param_of(norm_x, SHAPE(4, 6));
    Tensor *gain = param_of(norm_gain, SHAPE(6));
    Tensor *bias = param_of(norm_bias, SHAPE(6));
    Tensor *y = t_layer_norm(x, gain, bias);
    assert_agrees(y, norm_y, 1e-6);
    backward_from(y, norm_g);
    assert_agrees(t_grad(x), norm_dx, 2e-6);
    assert_agrees(t_grad(gain), norm_dgain, 2e-6);
    assert_agrees(t_grad(bias), norm_dbias, 2e-6);
}

static void gelu_agrees_with_pytorch(void **state)
{
    (void)state;
    Tensor *x = param_of(gelu_x, SHAPE(20)), *y = t_gelu(x);
    assert_agrees(y, gelu_y, 1e-6);
    backward_from(y, gelu_g);
    assert_agrees(t_grad(x), gelu_dx, 1e-6);
}

static void log_softmax_agrees_with_pytorch(void **state)
{
    (void)state;
    Tensor *x = param_of(log_softmax_x, SHAPE(3, 5)), *y = t_log_softmax(x);
    assert_agrees(y, log_softmax_y, 1e-6);
    backward_from(y, log_softmax_g);
    assert_agrees(t_grad(x), log_softmax_dx, 1e-6);
}

static void cross_entropy_agrees_with_pytorch(void **state)
{
    (void)state;
    const int targets[] = { 4, T_IGNORE, 0, 2, T_IGNORE, 2 };
    Tensor *x = param_of(entropy_x, SHAPE(6, 5));
    Tensor *y = t_cross_entropy(x, targets,
                                (CrossEntropy){ .smoothing = 0.1 });
    assert_agrees(y, entropy_y, 1e-6);
    backward_from(y, entropy_g);
    assert_agrees(t_grad(x), entropy_dx, 1e-6);
}

static void embedding_agrees_with_pytorch(void **state)
{
    (void)state;
    const int ids[] = { 3, 0, 3, 1, 1, 4, 3, 0 };
    Tensor *table = param_of(embedding_table, SHAPE(5, 3));
    Tensor *y = t_embedding(table, ids, 2, 4);
    assert_agrees(y, embedding_y, 0);
    backward_from(y, embedding_g);
    assert_agrees(t_grad(table), embedding_dtable, 1e-6);
}

/* Five steps from opt_start along opt_gradients. */
static Tensor *walk_of(Optimiser *optimiser, Tensor *p)
{
    Tensor *path[5];
    t_assign(p, param_of(opt_start, SHAPE(6)));
    for (int step = 0; step < 5; step++) {
        for (int i = 0; i < 6; i++)
            t_grad_at(p, i) = opt_gradients[step * 6 + i];
        opt_step(optimiser);
        path[step] = t_keep(p);
    }
    return t_concat_list(0, 5, path);
}

static void optimisers_step_like_pytorch(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = t_param(&list, 6);
    Optimiser *sgd = opt_sgd(&list, (SgdOptions){ .rate = 0.1 });
    assert_agrees(walk_of(sgd, p), sgd_path, 1e-6);
    Optimiser *momentum =
        opt_sgd(&list, (SgdOptions){ .rate = 0.1, .momentum = 0.9 });
    assert_agrees(walk_of(momentum, p), momentum_path, 1e-6);
    Optimiser *adam = opt_adam(&list, (AdamOptions){ .rate = 0.01 });
    assert_agrees(walk_of(adam, p), adam_path, 1e-6);
    Optimiser *paper = opt_adam(&list, (AdamOptions){
        .rate = 0.02, .beta1 = 0.9, .beta2 = 0.98, .epsilon = 1e-9 });
    assert_agrees(walk_of(paper, p), adam_paper_path, 1e-6);
}

static void clipping_agrees_with_pytorch(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *a = t_param(&list, 4), *b = t_param(&list, 3);
    for (int i = 0; i < 4; i++)
        t_grad_at(a, i) = clip_a[i];
    for (int i = 0; i < 3; i++)
        t_grad_at(b, i) = clip_b[i];
    assert_near(opt_clip(&list, 1.5), clip_norm[0], 1e-6);
    assert_agrees(t_grad(a), clip_da, 1e-6);
    assert_agrees(t_grad(b), clip_db, 1e-6);
}

static void a_network_learns_like_its_twin_in_pytorch(void **state)
{
    (void)state;
    Params list = { 0 };
    Rng rng = rng_new(1);
    Linear one = nn_linear_new(&list, &rng, 4, 8, (LinearOptions){ 0 });
    Linear two = nn_linear_new(&list, &rng, 8, 3, (LinearOptions){ 0 });
    LayerNorm norm = nn_layer_norm_new(&list, 8);
    t_assign(one.weight, param_of(network_w1, SHAPE(4, 8)));
    t_assign(one.bias, param_of(network_b1, SHAPE(8)));
    t_assign(two.weight, param_of(network_w2, SHAPE(8, 3)));
    t_assign(two.bias, param_of(network_b2, SHAPE(3)));
    Tensor *x = param_of(network_x, SHAPE(10, 4));
    int targets[10];
    for (int i = 0; i < 10; i++)
        targets[i] = i % 3;
    Optimiser *adam = opt_adam(&list, (AdamOptions){ .rate = 0.05 });
    for (int step = 0; step < 20; step++) {
        Tensor *hidden = nn_layer_norm(norm, t_gelu(nn_linear(one, x)));
        Tensor *loss = t_cross_entropy(nn_linear(two, hidden), targets,
                                       (CrossEntropy){ 0 });
        assert_near(t_item(loss), network_losses[step], 1e-5);
        t_backward(loss);
        opt_step(adam);
        tape_reset();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(masked_attention_agrees_with_pytorch),
        TEST(attention_with_options_agrees_with_pytorch),
        TEST(layer_norm_agrees_with_pytorch),
        TEST(gelu_agrees_with_pytorch),
        TEST(log_softmax_agrees_with_pytorch),
        TEST(cross_entropy_agrees_with_pytorch),
        TEST(embedding_agrees_with_pytorch),
        TEST(optimisers_step_like_pytorch),
        TEST(clipping_agrees_with_pytorch),
        TEST(a_network_learns_like_its_twin_in_pytorch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
