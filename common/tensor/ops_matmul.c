/* ops_matmul.c -- products of stacks of matrices.
 *
 * C = A B;  dA += dC B^T,  dB += A^T dC.  All three are the same loop over the
 * stack around gemm(), which takes any strides, so a transpose is never
 * copied. */
#include "tensor/ops.h"
#include "tensor/gemm.h"
#include "base/parallel.h"

/* The last two axes of x as a matrix. */
static Matrix matrix(real *at, const Tensor *x)
{
    return (Matrix){ at, x->stride[x->shape.n - 2], x->stride[x->shape.n - 1] };
}

/* If B is one matrix for a whole stack and the rows of A follow one another
 * evenly, the stack is one tall matrix: one large product beats many small. */
static bool can_be_tall(const Tensor *a, const Tensor *b)
{
    for (int i = 0; i + 2 < a->shape.n; i++)
        if (a->stride[i] != a->stride[i + 1] * a->shape.dim[i + 1])
            return false;
    return b->shape.n == 2;
}

static Tensor tall(const Tensor *x)
{
    Tensor t = *x;
    int n = x->shape.n;
    t.shape = SHAPE(t_size(x) / t_dim(x, -1), t_dim(x, -1));
    t.stride[0] = x->stride[n - 2];
    t.stride[1] = x->stride[n - 1];
    return t;
}

typedef struct {
    int n, m, k, count;
    bool add;                   /* backward: to the gradient that is there */
    real *bias;           /* forward: C = A B + bias, unless NULL */
    Shape stack;                /* the axes in front, as C has them */
    Operand a, b, c;            /* strides of those axes */
    Matrix first_a, first_b, first_c;
} Product;

static Operand stack_operand(real *at, const Tensor *x, Shape stack)
{
    Tensor front = *x;
    front.shape.n = x->shape.n - 2;
    return operand(at, &front, stack);
}

static Product product_of(const Tensor *a, real *at_a, const Tensor *b,
                          real *at_b, const Tensor *c, real *at_c)
{
    Product p = { .n = t_dim(c, -2), .m = t_dim(c, -1), .k = t_dim(a, -1) };
    p.stack = c->shape;
    p.stack.n -= 2;
    p.count = (int)shape_size(p.stack);
    p.a = stack_operand(at_a, a, p.stack);
    p.b = stack_operand(at_b, b, p.stack);
    p.c = stack_operand(at_c, c, p.stack);
    p.first_a = matrix(at_a, a);
    p.first_b = matrix(at_b, b);
    p.first_c = matrix(at_c, c);
    return p;
}

/* Matrix number i of the stack. */
static Matrix nth(Matrix first, const Operand *o, Shape stack, int i)
{
    for (int axis = stack.n - 1; axis >= 0; axis--) {
        first.at += i % stack.dim[axis] * o->stride[axis];
        i /= stack.dim[axis];
    }
    return first;
}

static void forward_one(int i, const void *arg)
{
    const Product *p = arg;
    Matrix a = nth(p->first_a, &p->a, p->stack, i);
    Matrix b = nth(p->first_b, &p->b, p->stack, i);
    Matrix c = nth(p->first_c, &p->c, p->stack, i);
    if (p->bias)
        gemm_bias(p->n, p->m, p->k, a, b, c, p->bias);
    else
        gemm(p->n, p->m, p->k, a, b, c, false);
}

/* Several small products run on several threads, large ones one by one with
 * all threads inside. */
static bool many(const Product *p)
{
    return p->count >= parallel_threads()
        && (double)p->count * p->n * p->m * p->k > 1 << 19;
}

static void forward(const Tensor *a, const Tensor *b, const Tensor *c,
                    real *bias)
{
    Product p = product_of(a, data_of(a), b, data_of(b), c, data_of(c));
    p.bias = bias;
    parallel_for(many(&p), p.count, forward_one, &p);
}

/* Whether matrices of the stack share memory, so that threads must not add to
 * them at once. */
static bool shared(const Operand *o, Shape stack)
{
    for (int i = 0; i < stack.n; i++)
        if (o->stride[i] == 0 && stack.dim[i] > 1)
            return true;
    return false;
}

/* In the next two, first_a or first_b is the gradient, c that of the result. */
static void backward_a(int i, const void *arg)
{
    const Product *p = arg;
    gemm(p->n, p->k, p->m, nth(p->first_c, &p->c, p->stack, i),
         transposed(nth(p->first_b, &p->b, p->stack, i)),
         nth(p->first_a, &p->a, p->stack, i), p->add);
}

static void backward_b(int i, const void *arg)
{
    const Product *p = arg;
    gemm(p->k, p->m, p->n, transposed(nth(p->first_a, &p->a, p->stack, i)),
         nth(p->first_c, &p->c, p->stack, i),
         nth(p->first_b, &p->b, p->stack, i), p->add);
}

/* Where the gradient of x goes: x stands in the stack as `o`. Sets p->add. */
static real *gradient(const Tensor *x, const Operand *o, Product *p)
{
    Gradient grad = gradient_of(x, !shared(o, p->stack));
    p->add = !grad.fresh;
    return grad.at;
}

static void backward(const Tensor *a, const Tensor *b, const Tensor *c)
{
    Product p = product_of(a, data_of(a), b, data_of(b), c, grad_of(c));
    Matrix first_a = p.first_a;
    if (a->buffer->wants_grad) {
        p.first_a.at = gradient(a, &p.a, &p);
        parallel_for(many(&p) && !shared(&p.a, p.stack), p.count, backward_a,
                     &p);
        p.first_a = first_a;
    }
    if (b->buffer->wants_grad) {
        p.first_b.at = gradient(b, &p.b, &p);
        parallel_for(many(&p) && !shared(&p.b, p.stack), p.count, backward_b,
                     &p);
    }
}

static void matmul_back(Tensor *out)
{
    Tensor *a = out->in[0], *b = out->in[1];
    if (can_be_tall(a, b))
        backward((Tensor[]){ tall(a) }, b, (Tensor[]){ tall(out) });
    else
        backward(a, b, out);
}

static Shape product_shape(const char *op, const Tensor *a, const Tensor *b)
{
    op_check(op, a);
    op_check(op, b);
    if (a->shape.n < 2 || b->shape.n < 2)
        t_fail("%s: needs matrices, got %s x %s", op, t_shape(a), t_shape(b));
    if (t_dim(a, -1) != t_dim(b, -2))
        t_fail("%s: inner sizes differ: %s x %s", op, t_shape(a), t_shape(b));
    Shape shape = a->shape.n >= b->shape.n ? a->shape : b->shape;
    for (int i = 3; i <= shape.n; i++) {
        int da = i <= a->shape.n ? t_dim(a, -i) : 1;
        int db = i <= b->shape.n ? t_dim(b, -i) : 1;
        if (da != db && da != 1 && db != 1)
            t_fail("%s: stacks do not broadcast: %s x %s", op, t_shape(a),
                   t_shape(b));
        shape.dim[shape.n - i] = da > db ? da : db;
    }
    shape.dim[shape.n - 2] = t_dim(a, -2);
    shape.dim[shape.n - 1] = t_dim(b, -1);
    return shape;
}

static void multiply(Tensor *a, Tensor *b, Tensor *out, real *bias)
{
    if (can_be_tall(a, b))
        forward((Tensor[]){ tall(a) }, b, (Tensor[]){ tall(out) }, bias);
    else
        forward(a, b, out, bias);
}

Tensor *t_matmul(Tensor *a, Tensor *b)
{
    Shape shape = product_shape("t_matmul", a, b);
    Tensor *out = op_result("t_matmul", shape, matmul_back, a, b, NULL);
    multiply(a, b, out, NULL);
    out->buffer->changeable = true;
    return out;
}

/* Two passes over C less than t_add(t_matmul(x, weight), bias), and one tensor
 * less to keep. */
static void linear_back(Tensor *out)
{
    Tensor *bias = out->in[2];
    matmul_back(out);
    if (grad_of(bias))
        walk_add(out->shape, operand(grad_of(bias), bias, out->shape),
                 operand(grad_of(out), out, out->shape));
}

Tensor *t_linear(Tensor *x, Tensor *weight, Tensor *bias)
{
    Shape shape = product_shape("t_linear", x, weight);
    op_check("t_linear", bias);
    if (!shape_equal(bias->shape, SHAPE(t_dim(weight, -1))))
        t_fail("t_linear: bias of shape %s beside %s x %s", t_shape(bias),
               t_shape(x), t_shape(weight));
    Tensor *out = op_result("t_linear", shape, linear_back, x, weight, bias);
    multiply(x, weight, out, data_of(t_contiguous(bias)));
    out->buffer->changeable = true;
    return out;
}
