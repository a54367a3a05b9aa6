/* again.c -- reads a model, and writes it again: again MODEL PAIRS NEW. */
#include "../golden/model.h"

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    model_again(argv[1], argv[2], argv[3]);
    return 0;
}
