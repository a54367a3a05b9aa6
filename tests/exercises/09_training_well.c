/* 09_training_well.c -- the checks of chapter 9's exercises, and wrong answers
 * that they must reject. README.md says how to write both. */

/* ---- 1: the rate in the paper -------------------------------------------- */

static void highest_rate_check(int d, int warmup)
{
    given(d);
    given(warmup);
    double got = CALL(highest_rate, (d, warmup));
    suspect(1 / sqrt((double)warmup), "The width is missing. Look at the factor"
            " in front of min().");
    suspect(1 / sqrt((double)d), "That is only the factor in front. Look at"
            " what min() is at its highest.");
    suspect(0.0, "Look for a division of whole numbers, which drops what is"
            " behind the point.");
    expect(got, 1 / sqrt((double)d * warmup), 1e-7, "Look at step = warmup,"
           " where the rising and the falling branch meet.");
}

CHECK(highest_rate)
{
    highest_rate_check(512, 4000);
    highest_rate_check(4, 9);
    highest_rate_check(65536, 100000);
}

static double WRONG(highest_rate, no_width)(int d, int warmup)
{
    (void)d;
    return 1 / sqrt(warmup);
}

static double WRONG(highest_rate, whole_numbers)(int d, int warmup)
{
    return 1 / (d * (warmup > 1000 ? 1 : warmup));
}

static double WRONG(highest_rate, first_step)(int d, int warmup)
{
    return pow(d, -0.5) * pow(warmup, -1.5);
}
