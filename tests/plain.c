/* Plain twins of the operations that are hardest to read where they are fast:
 * softmax, layer norm and RMS norm, SwiGLU, rotary encoding and attention, each as
 * its formula says, loop by loop, in double, and one row after the other. The
 * library must give the same. */
#include "check.h"

enum { MOST = 64 };     /* numbers in a row here */

/* ---- softmax: y_i = e^x_i / sum_j e^x_j ---------------------------------- */

static void plain_softmax(int n, const double *x, double *y)
{
    double largest = -INFINITY, sum = 0;
    for (int i = 0; i < n; i++)
        largest = fmax(largest, x[i]);
    for (int i = 0; i < n; i++)     /* e^(x - largest) cannot overflow */
        sum += y[i] = largest == -INFINITY ? 0 : exp(x[i] - largest);
    for (int i = 0; i < n; i++)     /* a row of nothing but -inf stays 0 */
        y[i] = sum > 0 ? y[i] / sum : 0;
}

/* dx_i = y_i (dy_i - sum_j y_j dy_j) */
static void plain_softmax_back(int n, const double *y, const double *dy,
                               double *dx)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += y[i] * dy[i];
    for (int i = 0; i < n; i++)
        dx[i] = y[i] * (dy[i] - sum);
}

/* ---- layer norm: y = gain u + bias, u = (x - mean) / sqrt(variance + e) --- */

static void plain_layer_norm(int n, const double *x, const double *gain,
                             const double *bias, double *y)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < n; i++)
        mean += x[i] / n;
    for (int i = 0; i < n; i++)
        variance += (x[i] - mean) * (x[i] - mean) / n;
    for (int i = 0; i < n; i++)
        y[i] = gain[i] * (x[i] - mean) / sqrt(variance + 1e-5) + bias[i];
}

/* With g = gain dy, of which mean(g) and the part along u cannot be followed,
 * since u has mean 0 and variance 1 whatever x is:
 * dx = (g - mean(g) - u mean(g u)) / sqrt(variance + e) */
static void plain_layer_norm_back(int n, const double *x, const double *gain,
                                  const double *dy, double *dx)
{
    double zeros[MOST] = { 0 }, ones[MOST], u[MOST];
    for (int i = 0; i < n; i++)
        ones[i] = 1;
    plain_layer_norm(n, x, ones, zeros, u);
    double mean = 0, variance = 0, mean_g = 0, mean_gu = 0;
    for (int i = 0; i < n; i++) {
        mean += x[i] / n;
        mean_g += gain[i] * dy[i] / n;
        mean_gu += gain[i] * dy[i] * u[i] / n;
    }
    for (int i = 0; i < n; i++)
        variance += (x[i] - mean) * (x[i] - mean) / n;
    for (int i = 0; i < n; i++)
        dx[i] = (gain[i] * dy[i] - mean_g - u[i] * mean_gu)
              / sqrt(variance + 1e-5);
}

/* ---- RMS norm: y = gain u, u = x r, r = 1 / sqrt(mean(x^2) + e) ----------- */

static double plain_rms(int n, const double *x)
{
    double square = 0;
    for (int i = 0; i < n; i++)
        square += x[i] * x[i] / n;
    return 1 / sqrt(square + 1e-5);
}

/* dx = r (g - u mean(g u)), g = gain dy: what is left of g when the part along u
 * is taken away, for how long x is does not matter. */
static void plain_rms_norm_back(int n, const double *x, const double *gain,
                                const double *dy, double *dx)
{
    double r = plain_rms(n, x), mean = 0;
    for (int i = 0; i < n; i++)
        mean += gain[i] * dy[i] * x[i] * r / n;
    for (int i = 0; i < n; i++)
        dx[i] = r * (gain[i] * dy[i] - x[i] * r * mean);
}

/* ---- SwiGLU: y = silu(g) u, silu(g) = g / (1 + e^-g) ---------------------- */

static double plain_silu(double g) { return g / (1 + exp(-g)); }

/* d silu / dg = s + g s (1 - s), s = 1 / (1 + e^-g) */
static double plain_silu_slope(double g)
{
    double s = 1 / (1 + exp(-g));
    return s + g * s * (1 - s);
}

/* ---- rotary encoding: pair i of w/2 is turned by p 10000^(-2i/w) ---------- */

static void plain_rotary(int w, int p, bool neighbours, const double *x,
                         double *y)
{
    for (int i = 0; i < w / 2; i++) {
        int a = neighbours ? 2 * i : i, b = neighbours ? 2 * i + 1 : i + w / 2;
        double angle = p * pow(10000, -2.0 * i / w);
        y[a] = x[a] * cos(angle) - x[b] * sin(angle);
        y[b] = x[a] * sin(angle) + x[b] * cos(angle);
    }
}

/* ---- attention: softmax(Q K^T / sqrt(d_k)) V ------------------------------ */

/* One query (d_k) against m keys (m, d_k) and their values (m, d_v), of which
 * it sees those where hidden is 0; out is (d_v). */
static void plain_attention(int m, int d_k, int d_v, const double *query,
                            const double *keys, const double *values,
                            const int *hidden, double *out)
{
    double score[MOST], weight[MOST];
    for (int j = 0; j < m; j++) {
        score[j] = 0;
        for (int l = 0; l < d_k; l++)
            score[j] += query[l] * keys[j * d_k + l] / sqrt(d_k);
        if (hidden[j])
            score[j] = -INFINITY;
    }
    plain_softmax(m, score, weight);
    for (int l = 0; l < d_v; l++) {
        out[l] = 0;
        for (int j = 0; j < m; j++)
            out[l] += weight[j] * values[j * d_v + l];
    }
}

/* ---- the library gives the same ------------------------------------------ */

static Rng rng;

static void fill(int n, double *out)
{
    for (int i = 0; i < n; i++)
        out[i] = (double)(real)rng_normal(&rng);
}

static Tensor *vector(int n, const double *numbers)
{
    return t_literal("vector", SHAPE(n), n, numbers);
}

static void same(int n, const double *expected, const Tensor *got)
{
    for (int i = 0; i < n; i++)
        assert_near(*check_element(got, got->buffer->data, i), expected[i],
                    3e-6);
}

static void softmax_is_its_formula(void **state)
{
    (void)state;
    rng = rng_new(1);
    for (int n = 1; n <= MOST; n++) {
        double x[MOST], y[MOST], dy[MOST], dx[MOST];
        fill(n, x);
        fill(n, dy);
        plain_softmax(n, x, y);
        plain_softmax_back(n, y, dy, dx);
        Tensor *in = param_from(NULL, vector(n, x)), *out = t_softmax(in);
        t_backward(t_sum(t_mul(out, vector(n, dy)), T_ALL));
        same(n, y, out);
        same(n, dx, t_grad(in));
        tape_reset();
    }
    double nothing[] = { -INFINITY, -INFINITY }, y[2];
    plain_softmax(2, nothing, y);
    same(2, y, t_softmax(vector(2, nothing)));
}

static void layer_norm_is_its_formula(void **state)
{
    (void)state;
    rng = rng_new(2);
    for (int n = 2; n <= MOST; n++) {
        double x[MOST], gain[MOST], bias[MOST], y[MOST], dy[MOST], dx[MOST];
        fill(n, x);
        fill(n, gain);
        fill(n, bias);
        fill(n, dy);
        plain_layer_norm(n, x, gain, bias, y);
        plain_layer_norm_back(n, x, gain, dy, dx);
        Tensor *in = param_from(NULL, vector(n, x));
        Tensor *out = t_layer_norm(in, vector(n, gain), vector(n, bias));
        t_backward(t_sum(t_mul(out, vector(n, dy)), T_ALL));
        same(n, y, out);
        if (n > 2)      /* of two numbers u is 1 and -1, whatever they are */
            same(n, dx, t_grad(in));
        tape_reset();
    }
}

static void rms_norm_and_swiglu_are_their_formulas(void **state)
{
    (void)state;
    rng = rng_new(4);
    for (int n = 1; n <= MOST; n++) {
        double x[MOST], gain[MOST], y[MOST], dy[MOST], dx[MOST];
        fill(n, x);
        fill(n, gain);
        fill(n, dy);
        Tensor *in = param_from(NULL, vector(n, x));
        Tensor *out = t_rms_norm(in, vector(n, gain), (NormOptions){ 0 });
        t_backward(t_sum(t_mul(out, vector(n, dy)), T_ALL));
        for (int i = 0; i < n; i++)
            y[i] = gain[i] * x[i] * plain_rms(n, x);
        plain_rms_norm_back(n, x, gain, dy, dx);
        same(n, y, out);
        if (n > 1)      /* of one number u is 1 or -1, whatever it is */
            same(n, dx, t_grad(in));
        tape_reset();
        in = param_from(NULL, vector(n, x));
        out = t_swiglu(in, vector(n, gain));
        t_backward(t_sum(t_mul(out, vector(n, dy)), T_ALL));
        for (int i = 0; i < n; i++) {
            y[i] = plain_silu(x[i]) * gain[i];
            dx[i] = dy[i] * gain[i] * plain_silu_slope(x[i]);
        }
        same(n, y, out);
        same(n, dx, t_grad(in));
        tape_reset();
    }
}

/* Turned forward, and the gradient back: y dy does not change if both are. */
static void rotary_encoding_is_its_formula(void **state)
{
    (void)state;
    rng = rng_new(5);
    for (int w = 2; w <= MOST; w += 2)
        for (int layout = 0; layout < 2; layout++) {
            RotaryOptions o = { .neighbours = layout };
            double x[MOST], y[MOST], dy[MOST], turned[MOST];
            int p = rng_below(&rng, 1000);
            fill(w, x);
            fill(w, dy);
            plain_rotary(w, p, o.neighbours, x, y);
            plain_rotary(w, p, o.neighbours, dy, turned);
            Tensor *in = param_from(NULL, vector(w, x));
            Tensor *out = t_rotary(in, p, o);
            t_backward(t_sum(t_mul(out, vector(w, turned)), T_ALL));
            same(w, y, out);
            same(w, dy, t_grad(in));
            tape_reset();
        }
}

/* n queries, m keys; everybody, those before, or whom a mask lets. */
static void attention_is_its_formula(void **state)
{
    (void)state;
    rng = rng_new(3);
    for (int round = 0; round < 60; round++) {
        bool causal = round % 3 == 1, masked = round % 3 == 2;
        int n = 1 + rng_below(&rng, MOST), d_k = 1 + rng_below(&rng, 9);
        int m = causal ? n : 1 + rng_below(&rng, MOST);
        int d_v = 1 + rng_below(&rng, 9);
        double q[MOST * 9], k[MOST * 9], v[MOST * 9], out[9];
        fill(n * d_k, q);
        fill(m * d_k, k);
        fill(m * d_v, v);
        Tensor *mask = t_zeros(n, m);
        for (int i = 0; masked && i < n * m; i++)
            mask->buffer->data[i] = (real)rng_below(&rng, 2);
        Tensor *got = t_attention(t_reshape(vector(n * d_k, q), n, d_k),
                                  t_reshape(vector(m * d_k, k), m, d_k),
                                  t_reshape(vector(m * d_v, v), m, d_v),
                                  (AttentionOptions){ .causal = causal,
                                      .mask = masked ? mask : NULL });
        for (int i = 0; i < n; i++) {
            int hidden[MOST];
            for (int j = 0; j < m; j++)
                hidden[j] = causal ? j > i : t_at(mask, i, j) != 0;
            plain_attention(m, d_k, d_v, q + i * d_k, k, v, hidden, out);
            same(d_v, out, t_reshape(t_slice(got, 0, i, i + 1), d_v));
        }
        tape_reset();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(softmax_is_its_formula),
        TEST(layer_norm_is_its_formula),
        TEST(rms_norm_and_swiglu_are_their_formulas),
        TEST(rotary_encoding_is_its_formula),
        TEST(attention_is_its_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
