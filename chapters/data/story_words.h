/* story_words.h -- the words of the stories. Each table is a list of rows for a
 * macro. Only story_*.c and tests need this. */
#ifndef STORY_WORDS_H
#define STORY_WORDS_H

/* What a thing is, and what may be done with it. */
enum {
    PLAYED = 1, READ = 2, WORN = 4, SOUNDED = 8, EATEN = 16, TOOL = 32,
    TREASURE = 64, LARGE = 128,     /* goes into no drawer */
    PAINTED = 256,                  /* may have any colour */
};

/* name, she? */
#define STORY_NAMES(N)                                                         \
    N(Anna, 1) N(Mary, 1) N(Lucy, 1) N(Emma, 1) N(Clara, 1) N(Nora, 1)         \
    N(Ruth, 1) N(Sarah, 1) N(Ella, 1) N(Julia, 1) N(Ida, 1) N(Rosa, 1)         \
    N(Maya, 1) N(Lena, 1) N(Tom, 0) N(Ben, 0) N(Paul, 0) N(Max, 0)             \
    N(Peter, 0) N(Jack, 0) N(Oscar, 0) N(Leo, 0) N(Felix, 0) N(Hugo, 0)        \
    N(Sam, 0) N(David, 0) N(Jim, 0) N(Omar, 0)

/* thing, what it is */
#define STORY_THINGS(T)                                                        \
    T(ball, PLAYED | PAINTED) T(kite, PLAYED | PAINTED | LARGE)                \
    T(doll, PLAYED) T(top, PLAYED | PAINTED) T(puppet, PLAYED)                 \
    T(train, PLAYED | PAINTED) T(car, PLAYED | PAINTED)                        \
    T(robot, PLAYED | PAINTED) T(balloon, PLAYED | PAINTED | LARGE)            \
    T(book, READ) T(letter, READ) T(map, READ) T(newspaper, READ)              \
    T(postcard, READ) T(magazine, READ) T(diary, READ) T(poem, READ)           \
    T(hat, WORN | PAINTED) T(scarf, WORN | PAINTED) T(coat, WORN | PAINTED | LARGE)  \
    T(cap, WORN | PAINTED) T(ring, WORN | TREASURE)                            \
    T(necklace, WORN | TREASURE) T(mask, WORN | PAINTED)                       \
    T(crown, WORN | TREASURE) T(jacket, WORN | PAINTED | LARGE)                \
    T(flute, SOUNDED) T(guitar, SOUNDED | LARGE) T(violin, SOUNDED | LARGE)    \
    T(trumpet, SOUNDED | LARGE) T(whistle, SOUNDED) T(drum, SOUNDED | LARGE)   \
    T(apple, EATEN) T(pear, EATEN) T(cake, EATEN) T(pie, EATEN)                \
    T(melon, EATEN) T(cookie, EATEN) T(peach, EATEN) T(bun, EATEN)             \
    T(hammer, TOOL) T(rope, TOOL) T(lantern, TOOL) T(shovel, TOOL | LARGE)     \
    T(brush, TOOL) T(key, TOOL) T(umbrella, TOOL | PAINTED | LARGE)            \
    T(candle, TOOL | PAINTED) T(spoon, TOOL) T(cup, TOOL | PAINTED)            \
    T(coin, TREASURE) T(shell, TREASURE) T(stone, TREASURE)                    \
    T(feather, TREASURE | PAINTED) T(pearl, TREASURE) T(medal, TREASURE)       \
    T(clock, TREASURE) T(watch, TREASURE) T(camera, TREASURE)                  \
    T(compass, TREASURE)

/* adjective, of which things */
#define STORY_ADJECTIVES(A)                                                    \
    A(red, PAINTED) A(blue, PAINTED) A(green, PAINTED) A(yellow, PAINTED)      \
    A(white, PAINTED) A(black, PAINTED) A(brown, PAINTED) A(grey, PAINTED)     \
    A(small, PLAYED | WORN | SOUNDED | EATEN | TOOL | TREASURE)                \
    A(big, PLAYED | EATEN)                                                     \
    A(old, READ | SOUNDED | TOOL | WORN | PLAYED)                              \
    A(new, READ | SOUNDED | TOOL | PLAYED) A(long, READ) A(funny, READ | PLAYED) \
    A(sweet, EATEN) A(fresh, EATEN) A(beautiful, TREASURE | SOUNDED | WORN)    \
    A(strange, TREASURE | READ) A(fine, TOOL | SOUNDED)

/* What a spot is good for. */
enum { ANY = 0, NARROW = 1,     /* nothing large goes in, */
       CLEAN = 2,               /* and food may be there */
       UNSEEN = 4 };            /* one may hide something there */

/* preposition and place; what is sold there; three spots: preposition, spot,
 * what it is good for */
#define STORY_PLACES(P)                                                        \
    P(in, kitchen, 0, on, table, CLEAN, in, cupboard, CLEAN | UNSEEN,          \
      in, drawer, NARROW | UNSEEN)                                             \
    P(in, garden, 0, on, bench, CLEAN, under, tree, ANY, behind, hedge, UNSEEN) \
    P(in, bedroom, 0, under, bed, UNSEEN, in, wardrobe, UNSEEN,                \
      under, pillow, NARROW | UNSEEN)                                          \
    P(in, library, 0, on, shelf, ANY, on, desk, CLEAN, behind, books, UNSEEN)  \
    P(in, cellar, 0, behind, barrel, UNSEEN, in, chest, UNSEEN, on, shelf, CLEAN) \
    P(in, attic, 0, in, trunk, UNSEEN, under, carpet, NARROW | UNSEEN,         \
      on, chair, ANY)                                                          \
    P(at, school, 0, on, desk, CLEAN, in, locker, UNSEEN, under, chair, ANY)   \
    P(in, park, 0, on, bench, CLEAN, behind, fountain, UNSEEN, under, swing, ANY) \
    P(at, market, EATEN | PLAYED | WORN | TOOL, under, stall, UNSEEN,          \
      behind, cart, UNSEEN, in, basket, CLEAN)                                 \
    P(in, barn, 0, in, straw, UNSEEN, behind, ladder, ANY, in, bucket, ANY)    \
    P(in, forest, 0, under, bush, UNSEEN, behind, oak, UNSEEN, on, rock, ANY)  \
    P(on, beach, 0, under, boat, UNSEEN, behind, rocks, UNSEEN, on, towel, CLEAN) \
    P(at, station, 0, under, seat, ANY, on, platform, ANY, behind, door, ANY)  \
    P(in, office, 0, on, desk, CLEAN, in, drawer, NARROW | UNSEEN,             \
      behind, curtain, UNSEEN)                                                 \
    P(in, shop, PLAYED | READ | WORN | SOUNDED | TOOL, on, counter, CLEAN,     \
      behind, door, ANY, on, shelf, ANY)                                       \
    P(in, meadow, 0, in, grass, ANY, behind, fence, UNSEEN, under, tree, ANY)  \
    P(in, yard, 0, on, wall, ANY, behind, gate, UNSEEN, in, bucket, ANY)       \
    P(in, tower, 0, on, stairs, ANY, on, windowsill, CLEAN, in, chest, UNSEEN) \
    P(in, workshop, 0, on, workbench, ANY, in, toolbox, NARROW | UNSEEN,       \
      under, stool, ANY)                                                       \
    P(in, hall, 0, on, mat, ANY, behind, curtain, UNSEEN, on, chair, ANY)      \
    P(in, bakery, EATEN, on, counter, CLEAN, behind, oven, UNSEEN,             \
      under, table, ANY)                                                       \
    P(in, castle, 0, in, chest, UNSEEN, on, throne, ANY, behind, statue, UNSEEN) \
    P(at, harbour, 0, in, boat, ANY, behind, barrel, UNSEEN, on, bridge, ANY)  \
    P(in, museum, 0, behind, statue, UNSEEN, under, bench, ANY, on, stairs, ANY)

/* when a story begins */
#define STORY_TIMES(S)                                                         \
    S("One morning") S("One evening") S("One day") S("One afternoon")          \
    S("On Monday") S("On Tuesday") S("On Wednesday") S("On Thursday")          \
    S("On Friday") S("On Saturday") S("On Sunday") S("After breakfast")        \
    S("After lunch") S("After dinner") S("Before noon") S("Early in spring")   \
    S("Late in summer") S("In autumn")

#define STORY_WEATHERS(S)                                                      \
    S("The sun was shining .") S("Leaves were falling .") S("Bells were ringing .") \
    S("The wind was blowing .") S("The sky was grey .") S("Birds were singing .") \
    S("The day was hot .") S("The air was cool .")

#define STORY_DOINGS(S)                                                        \
    S("") S("") S("") S("sitting") S("working") S("waiting") S("resting")      \
    S("standing")

/* who receives, who is refused */
#define STORY_FEELINGS(S)                                                      \
    S("happy") S("glad") S("pleased") S("proud") S("surprised") S("delighted") \
    S("cheerful") S("thrilled") S("excited")
#define STORY_GRIEFS(S)  S("sad") S("angry") S("disappointed") S("upset")

#define STORY_WAYS(S)                                                          \
    S("went") S("went") S("walked") S("ran") S("hurried") S("cycled")

/* what a sentence may begin with */
#define STORY_LINKS(S) S("Then") S("Later") S("Soon") S("After a while")

/* what is done with a thing: of which things, before and after its name */
#define STORY_USES(U)                                                          \
    U(PLAYED, "played with", "") U(PLAYED, "had fun with", "")                \
    U(READ, "read", "") U(READ, "read", "twice")                               \
    U(WORN, "tried", "on") U(WORN, "wore", "for an hour")                      \
    U(SOUNDED, "practised on", "") U(SOUNDED, "listened to the sound of", "")  \
    U(EATEN, "smelled", "") U(EATEN, "wanted to eat", "later")                        \
    U(TOOL, "cleaned", "") U(TOOL, "needed", "")                               \
    U(TREASURE, "admired", "") U(TREASURE, "looked at", "for a long time")

#endif
