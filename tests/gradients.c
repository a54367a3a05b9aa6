/* Every gradient against central differences:
 *
 *     d loss / d x  ~  (loss(x + h) - loss(x - h)) / 2h
 *
 * for each number of each input, in each way to lay the inputs out in memory.
 * Built with double in place of float, so that h can be small and the
 * agreement tight. The formulas are in formulas.h, one test each. */
#include "formulas.h"

static const double h = 1e-5, tolerance = 1e-6;

/* A number made from what the formula gives: the sum of all its elements, each
 * with a weight of its own, so that no mistake cancels. */
static Tensor *loss_of(const Formula *f, Tensor **memory, const int *layout)
{
    Tensor *in[3] = { 0 };
    for (int i = 0; i < input_count(f); i++)
        in[i] = laid_out(layout[i], memory[i]);
    Tensor *result = f->result(in);
    Rng rng = rng_new(17);
    Tensor *weights = t_uniform_shape(&rng, 0.5, 1.5, result->shape);
    for (size_t i = 0; i < weights->buffer->size; i += 2)
        weights->buffer->data[i] *= -1;
    return t_sum(t_mul(result, weights), T_ALL);
}

static double loss_at(const Formula *f, Tensor **memory, const int *layout)
{
    double loss = t_item(loss_of(f, memory, layout));
    tape_reset();
    return loss;
}

static void check_input(const Formula *f, Tensor **memory, const int *layout,
                        int i)
{
    double largest = 0;
    Buffer *x = memory[i]->buffer;
    for (size_t k = 0; k < x->size; k++) {
        real before = x->data[k];
        x->data[k] = before + (real)h;
        double above = loss_at(f, memory, layout);
        x->data[k] = before - (real)h;
        double below = loss_at(f, memory, layout);
        x->data[k] = before;
        double expected = (above - below) / (2 * h), got = (double)x->grad[k];
        double size = fmax(fmax(fabs(expected), fabs(got)), 1e-3);
        if (!(fabs(got - expected) <= tolerance * size)) {
            print_error("input %d of layouts %d %d %d, number %zu: %.9g, "
                        "by differences %.9g\n", i, layout[0], layout[1],
                        layout[2], k, got, expected);
            fail();
        }
        largest = fmax(largest, fabs(got));
    }
    if (largest < 1e-3)     /* nothing against nothing proves nothing */
        fail_msg("the gradient of input %d is zero", i);
}

static void gradient_is_right(void **state)
{
    const Formula *f = *state;
    int layout[3] = { 0 }, n = input_count(f);
    do {
        Tensor *memory[3] = { 0 };
        for (int i = 0; i < n; i++) {
            memory[i] = t_param_shape(NULL,
                                      memory_shape(layout[i], f->shape[i]));
            t_assign(laid_out(layout[i], memory[i]), input_numbers(f, i));
        }
        t_backward(loss_of(f, memory, layout));
        tape_reset();
        bool recorded = tape_record(false);
        for (int i = 0; i < n; i++)
            check_input(f, memory, layout, i);
        tape_record(recorded);
    } while (next_layouts(n, layout));
}

/* A constant beside a parameter: the branch that skips its gradient. */
static void gradient_is_right_beside_constants(void **state)
{
    const Formula *f = *state;
    int layout[3] = { 0 }, n = input_count(f);
    for (int moved = 0; moved < n; moved++) {
        Tensor *memory[3] = { 0 };
        for (int i = 0; i < n; i++)
            memory[i] = i == moved ? param_from(NULL, input_numbers(f, i))
                                   : t_keep(input_numbers(f, i));
        t_backward(loss_of(f, memory, layout));
        tape_reset();
        for (int i = 0; i < n; i++)
            assert_true(i == moved || !memory[i]->buffer->grad);
        bool recorded = tape_record(false);
        check_input(f, memory, layout, moved);
        tape_record(recorded);
    }
}

/* A gradient is added to what is there, not put in its place. */
static void a_gradient_adds_up_over_steps(void **state)
{
    const Formula *f = *state;
    int layout[3] = { 0 }, n = input_count(f);
    Tensor *memory[3] = { 0 }, *once[3] = { 0 };
    for (int i = 0; i < n; i++)
        memory[i] = param_from(NULL, input_numbers(f, i));
    t_backward(loss_of(f, memory, layout));
    for (int i = 0; i < n; i++)
        once[i] = t_keep(t_grad(memory[i]));
    tape_reset();
    t_backward(loss_of(f, memory, layout));
    for (int i = 0; i < n; i++)
        assert_near(t_distance(t_grad(memory[i]), t_scale(once[i], 2)), 0,
                    1e-12);
}

int main(void)
{
    static struct CMUnitTest tests[3 * FORMULAS];
    static char names[3 * FORMULAS][100];
    static const struct {
        const char *name;
        CMUnitTestFunction function;
    } kinds[] = {
        { "the gradient of %s", gradient_is_right },
        { "the gradient of %s, beside constants",
          gradient_is_right_beside_constants },
        { "the gradient of %s, twice", a_gradient_adds_up_over_steps },
    };
    int n = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < FORMULAS; i++) {
            if (kind == 1 && input_count(&formulas[i]) < 2)
                continue;
            snprintf(names[n], sizeof names[n], kinds[kind].name,
                     formulas[i].name);
            tests[n] = (struct CMUnitTest){
                names[n], kinds[kind].function, NULL, end_of_test,
                (void *)(uintptr_t)&formulas[i],
            };
            n++;
        }
    return _cmocka_run_group_tests("gradients", tests, (size_t)n, NULL, NULL);
}
