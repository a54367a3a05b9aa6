/* lexicon.h -- the words of the corpus, one row each, in three languages.
 *
 * To add a word, add a row; the grammar in corpus.c does the rest. Forms that
 * follow from a rule are not written down: English -s, French elision.
 */
#ifndef LEXICON_H
#define LEXICON_H

/* What a noun is, and so what can be done with it. */
enum {
    PERSON = 1 << 0, ANIMAL = 1 << 1, FOOD = 1 << 2, TEXT = 1 << 3,
    VEHICLE = 1 << 4, CLOTHES = 1 << 5, OBJECT = 1 << 6, DEVICE = 1 << 7,
    FURNITURE = 1 << 8, BUILDING = 1 << 9, PLANT = 1 << 10, OPENING = 1 << 11,
    BAGGAGE = 1 << 12, SONG = 1 << 13, DISH = 1 << 14, FIGURE = 1 << 15,
    DRIVEN = 1 << 16, GRASS = 1 << 17, RELATION = 1 << 18, PET = 1 << 19,
    OWNED = 1 << 20,    /* a vehicle or a building of one's own: my car, but
                         * not my train */
    WORK = 1 << 21,     /* a text with a beginning and an end, and one author:
                         * not a newspaper */
    LITTLE = 1 << 22,   /* an animal one may find under a chair */
    WILD = 1 << 23,     /* one that does not come near a house */
    GREEDY = 1 << 24,   /* one that eats skirts, too */
    WIPED = 1 << 25,    /* cleaned with a cloth */
    HEAVED = 1 << 26,   /* so large that carrying it is 搬 */
    HOLDS = 1 << 27,    /* things are in it */
    SHADY = 1 << 28,    /* one may be under it */
    SCREEN = 1 << 29,   /* a person may be behind it */
    LAID = 1 << 30,     /* what one eats is on it */
};

enum { M, F };

/* English one, many; French one, many, gender; Chinese noun, measure word;
 * what it is. No French noun here begins with an aspirated h. */
#define NOUNS(N)                                                               \
    N("man", "men", "homme", "hommes", M, "男人", "个", PERSON)                \
    N("woman", "women", "femme", "femmes", F, "女人", "个", PERSON)            \
    N("boy", "boys", "garçon", "garçons", M, "男孩", "个", PERSON)             \
    N("girl", "girls", "fille", "filles", F, "女孩", "个", PERSON)             \
    N("child", "children", "enfant", "enfants", M, "孩子", "个", PERSON | RELATION)       \
    N("teacher", "teachers", "professeur", "professeurs", M, "老师", "位", PERSON | RELATION) \
    N("doctor", "doctors", "médecin", "médecins", M, "医生", "位", PERSON | RELATION)     \
    N("friend", "friends", "ami", "amis", M, "朋友", "个", PERSON | RELATION)             \
    N("student", "students", "étudiant", "étudiants", M, "学生", "个", PERSON | RELATION) \
    N("neighbour", "neighbours", "voisin", "voisins", M, "邻居", "个", PERSON | RELATION) \
    N("baker", "bakers", "boulanger", "boulangers", M, "面包师", "位", PERSON | RELATION) \
    N("farmer", "farmers", "fermier", "fermiers", M, "农民", "位", PERSON)     \
    N("singer", "singers", "chanteur", "chanteurs", M, "歌手", "位", PERSON) \
    N("lawyer", "lawyers", "avocat", "avocats", M, "律师", "位", PERSON | RELATION)       \
    N("writer", "writers", "écrivain", "écrivains", M, "作家", "位", PERSON)   \
    N("nurse", "nurses", "infirmière", "infirmières", F, "护士", "位", PERSON | RELATION) \
    N("queen", "queens", "reine", "reines", F, "女王", "位", PERSON)           \
    N("actress", "actresses", "actrice", "actrices", F, "女演员", "位", PERSON) \
    N("cat", "cats", "chat", "chats", M, "猫", "只", ANIMAL | PET | LITTLE)                   \
    N("dog", "dogs", "chien", "chiens", M, "狗", "只", ANIMAL | PET | LITTLE | GREEDY)                 \
    N("bird", "birds", "oiseau", "oiseaux", M, "鸟", "只", ANIMAL | PET | LITTLE)             \
    N("horse", "horses", "cheval", "chevaux", M, "马", "匹", ANIMAL | PET)           \
    N("cow", "cows", "vache", "vaches", F, "奶牛", "头", ANIMAL | PET | GREEDY)               \
    N("mouse", "mice", "souris", "souris", F, "老鼠", "只", ANIMAL | LITTLE | GREEDY)            \
    N("rabbit", "rabbits", "lapin", "lapins", M, "兔子", "只", ANIMAL | PET | LITTLE | GREEDY)         \
    N("duck", "ducks", "canard", "canards", M, "鸭子", "只", ANIMAL | PET | LITTLE)           \
    N("pig", "pigs", "cochon", "cochons", M, "猪", "头", ANIMAL | PET | GREEDY)               \
    N("tiger", "tigers", "tigre", "tigres", M, "老虎", "只", ANIMAL | WILD)           \
    N("monkey", "monkeys", "singe", "singes", M, "猴子", "只", ANIMAL | WILD)         \
    N("elephant", "elephants", "éléphant", "éléphants", M, "大象", "头", ANIMAL | WILD) \
    N("wolf", "wolves", "loup", "loups", M, "狼", "只", ANIMAL | WILD)                \
    N("goat", "goats", "chèvre", "chèvres", F, "山羊", "只", ANIMAL | PET | GREEDY)           \
    N("turtle", "turtles", "tortue", "tortues", F, "乌龟", "只", ANIMAL | PET | LITTLE)       \
    N("frog", "frogs", "grenouille", "grenouilles", F, "青蛙", "只", ANIMAL | LITTLE)   \
    N("apple", "apples", "pomme", "pommes", F, "苹果", "个", FOOD | FIGURE)    \
    N("cake", "cakes", "gâteau", "gâteaux", M, "蛋糕", "个", FOOD | DISH)      \
    N("egg", "eggs", "œuf", "œufs", M, "鸡蛋", "个", FOOD)                     \
    N("banana", "bananas", "banane", "bananes", F, "香蕉", "根", FOOD)         \
    N("pear", "pears", "poire", "poires", F, "梨", "个", FOOD)                 \
    N("tomato", "tomatoes", "tomate", "tomates", F, "西红柿", "个", FOOD)      \
    N("carrot", "carrots", "carotte", "carottes", F, "胡萝卜", "根", FOOD)     \
    N("sandwich", "sandwiches", "sandwich", "sandwichs", M, "三明治", "个", FOOD | DISH) \
    N("peach", "peaches", "pêche", "pêches", F, "桃子", "个", FOOD)            \
    N("lemon", "lemons", "citron", "citrons", M, "柠檬", "个", FOOD)           \
    N("orange", "oranges", "orange", "oranges", F, "橙子", "个", FOOD)         \
    N("onion", "onions", "oignon", "oignons", M, "洋葱", "个", FOOD)           \
    N("book", "books", "livre", "livres", M, "书", "本", TEXT | WORK)                 \
    N("letter", "letters", "lettre", "lettres", F, "信", "封", TEXT | WORK)           \
    N("newspaper", "newspapers", "journal", "journaux", M, "报纸", "份", TEXT) \
    N("poem", "poems", "poème", "poèmes", M, "诗", "首", TEXT | WORK)                 \
    N("story", "stories", "histoire", "histoires", F, "故事", "个", TEXT | WORK)      \
    N("magazine", "magazines", "magazine", "magazines", M, "杂志", "本", TEXT) \
    N("novel", "novels", "roman", "romans", M, "小说", "本", TEXT | WORK)             \
    N("report", "reports", "rapport", "rapports", M, "报告", "份", TEXT | WORK)       \
    N("article", "articles", "article", "articles", M, "文章", "篇", TEXT | WORK)     \
    N("song", "songs", "chanson", "chansons", F, "歌", "首", SONG)             \
    N("car", "cars", "voiture", "voitures", F, "汽车", "辆", VEHICLE | DRIVEN | FIGURE | OWNED | SCREEN) \
    N("bicycle", "bicycles", "vélo", "vélos", M, "自行车", "辆", VEHICLE | OWNED) \
    N("bus", "buses", "bus", "bus", M, "公共汽车", "辆", VEHICLE | DRIVEN | SCREEN)     \
    N("train", "trains", "train", "trains", M, "火车", "列", VEHICLE)          \
    N("boat", "boats", "bateau", "bateaux", M, "船", "条", VEHICLE | FIGURE | OWNED) \
    N("truck", "trucks", "camion", "camions", M, "卡车", "辆", VEHICLE | DRIVEN | OWNED | SCREEN) \
    N("plane", "planes", "avion", "avions", M, "飞机", "架", VEHICLE)          \
    N("motorcycle", "motorcycles", "moto", "motos", F, "摩托车", "辆", VEHICLE | OWNED) \
    N("taxi", "taxis", "taxi", "taxis", M, "出租车", "辆", VEHICLE | DRIVEN)   \
    N("shirt", "shirts", "chemise", "chemises", F, "衬衫", "件", CLOTHES)      \
    N("dress", "dresses", "robe", "robes", F, "连衣裙", "条", CLOTHES)         \
    N("coat", "coats", "manteau", "manteaux", M, "大衣", "件", CLOTHES)        \
    N("hat", "hats", "chapeau", "chapeaux", M, "帽子", "顶", CLOTHES)          \
    N("skirt", "skirts", "jupe", "jupes", F, "裙子", "条", CLOTHES)            \
    N("jacket", "jackets", "veste", "vestes", F, "夹克", "件", CLOTHES)        \
    N("scarf", "scarves", "écharpe", "écharpes", F, "围巾", "条", CLOTHES)     \
    N("sweater", "sweaters", "pull", "pulls", M, "毛衣", "件", CLOTHES)        \
    N("tie", "ties", "cravate", "cravates", F, "领带", "条", CLOTHES)          \
    N("bag", "bags", "sac", "sacs", M, "包", "个", OBJECT | BAGGAGE | HOLDS)           \
    N("box", "boxes", "boîte", "boîtes", F, "盒子", "个", OBJECT | BAGGAGE | HOLDS)    \
    N("suitcase", "suitcases", "valise", "valises", F, "行李箱", "个", OBJECT | BAGGAGE | HEAVED | HOLDS) \
    N("basket", "baskets", "panier", "paniers", M, "篮子", "个", OBJECT | HOLDS)       \
    N("key", "keys", "clé", "clés", F, "钥匙", "把", OBJECT)                   \
    N("cup", "cups", "tasse", "tasses", F, "杯子", "个", OBJECT)               \
    N("bottle", "bottles", "bouteille", "bouteilles", F, "瓶子", "个", OBJECT) \
    N("plate", "plates", "assiette", "assiettes", F, "盘子", "个", OBJECT)     \
    N("knife", "knives", "couteau", "couteaux", M, "刀", "把", OBJECT)         \
    N("spoon", "spoons", "cuillère", "cuillères", F, "勺子", "把", OBJECT)     \
    N("pencil", "pencils", "crayon", "crayons", M, "铅笔", "支", OBJECT)       \
    N("ball", "balls", "ballon", "ballons", M, "球", "个", OBJECT)             \
    N("umbrella", "umbrellas", "parapluie", "parapluies", M, "雨伞", "把", OBJECT) \
    N("ticket", "tickets", "billet", "billets", M, "票", "张", OBJECT)         \
    N("painting", "paintings", "tableau", "tableaux", M, "画", "幅", OBJECT)   \
    N("telephone", "telephones", "téléphone", "téléphones", M, "电话", "部", OBJECT | DEVICE) \
    N("computer", "computers", "ordinateur", "ordinateurs", M, "电脑", "台", OBJECT | DEVICE) \
    N("lamp", "lamps", "lampe", "lampes", F, "灯", "盏", OBJECT | DEVICE)      \
    N("clock", "clocks", "horloge", "horloges", F, "钟", "个", OBJECT | DEVICE) \
    N("guitar", "guitars", "guitare", "guitares", F, "吉他", "把", OBJECT | DEVICE) \
    N("mirror", "mirrors", "miroir", "miroirs", M, "镜子", "面", OBJECT | WIPED)       \
    N("table", "tables", "table", "tables", F, "桌子", "张", FURNITURE | LAID | WIPED | HEAVED | SHADY)        \
    N("chair", "chairs", "chaise", "chaises", F, "椅子", "把", FURNITURE | WIPED | HEAVED | SHADY)      \
    N("bed", "beds", "lit", "lits", M, "床", "张", FURNITURE | HEAVED | SHADY)                  \
    N("cupboard", "cupboards", "armoire", "armoires", F, "柜子", "个", FURNITURE | OPENING | WIPED | HEAVED | HOLDS | SCREEN) \
    N("door", "doors", "porte", "portes", F, "门", "扇", OPENING | WIPED | SCREEN)              \
    N("window", "windows", "fenêtre", "fenêtres", F, "窗户", "扇", OPENING | WIPED)    \
    N("flower", "flowers", "fleur", "fleurs", F, "花", "朵", PLANT | GRASS | FIGURE) \
    N("tree", "trees", "arbre", "arbres", M, "树", "棵", PLANT | FIGURE | SHADY | SCREEN)       \
    N("rose", "roses", "rose", "roses", F, "玫瑰", "朵", PLANT | GRASS)        \
    N("house", "houses", "maison", "maisons", F, "房子", "座", BUILDING | FIGURE | OWNED | SCREEN) \
    N("school", "schools", "école", "écoles", F, "学校", "所", BUILDING | SCREEN)       \
    N("church", "churches", "église", "églises", F, "教堂", "座", BUILDING | SCREEN)    \
    N("bridge", "bridges", "pont", "ponts", M, "桥", "座", BUILDING | FIGURE)  \
    N("museum", "museums", "musée", "musées", M, "博物馆", "座", BUILDING | SCREEN)     \
    N("hotel", "hotels", "hôtel", "hôtels", M, "旅馆", "家", BUILDING | OWNED | SCREEN) \
    N("restaurant", "restaurants", "restaurant", "restaurants", M, "餐馆", "家", BUILDING | OWNED | SCREEN) \
    N("shop", "shops", "magasin", "magasins", M, "商店", "家", BUILDING | OWNED | SCREEN) \
    N("hospital", "hospitals", "hôpital", "hôpitaux", M, "医院", "家", BUILDING | SCREEN) \
    N("library", "libraries", "bibliothèque", "bibliothèques", F, "图书馆", "座", BUILDING | SCREEN) \
    N("castle", "castles", "château", "châteaux", M, "城堡", "座", BUILDING | FIGURE | OWNED | SCREEN)

/* What cannot be counted: English; French, gender; Chinese; 1 if one drinks it.
 * "bread" is du pain, and after a negation de pain. */
#define MASSES(S)                                                              \
    S("bread", "pain", M, "面包", 0)    S("rice", "riz", M, "米饭", 0)         \
    S("cheese", "fromage", M, "奶酪", 0) S("meat", "viande", F, "肉", 0)       \
    S("chocolate", "chocolat", M, "巧克力", 0) S("ice cream", "glace", F, "冰淇淋", 0)   \
    S("salad", "salade", F, "沙拉", 0)  S("coffee", "café", M, "咖啡", 1)      \
    S("tea", "thé", M, "茶", 1)         S("milk", "lait", M, "牛奶", 1)        \
    S("water", "eau", F, "水", 1)       S("juice", "jus", M, "果汁", 1)        \
    S("wine", "vin", M, "葡萄酒", 1)    S("beer", "bière", F, "啤酒", 1)

/* Things one likes or not. English; French with article; Chinese. */
#define SUBJECTS_OF_TASTE(S)                                                   \
    S("deep learning", "l'apprentissage profond", "深度学习")                  \
    S("music", "la musique", "音乐")        S("winter", "l'hiver", "冬天")     \
    S("summer", "l'été", "夏天")            S("spring", "le printemps", "春天") \
    S("science", "la science", "科学")      S("history", "l'histoire", "历史") \
    S("mathematics", "les mathématiques", "数学") S("rain", "la pluie", "雨")  \
    S("snow", "la neige", "雪")             S("football", "le football", "足球") \
    S("art", "l'art", "艺术")               S("silence", "le silence", "安静")

/* English and French alike; gender; Chinese. */
#define NAMES(P)                                                               \
    P("Tom", M, "汤姆")   P("Jerry", M, "杰瑞")  P("Paul", M, "保罗")          \
    P("Lucas", M, "卢卡斯") P("Marie", F, "玛丽") P("Anna", F, "安娜")         \
    P("Lucie", F, "露西") P("Emma", F, "艾玛")

enum { AFTER, BEFORE };     /* where a French adjective stands */

/* Of one kind only one is said of a thing: no heavy box is light. */
enum { ALONE, COLOUR, SIZE, AGE, LENGTH, WEIGHT, PRICE, DIRT, SPEED, MOOD,
       INTEREST };

/* English; French masculine one, feminine one, masculine many, feminine many,
 * masculine one before a vowel; its place; Chinese before a noun, and after it
 * (with 很, unless it begins with 是; denied with 没 if it begins with 有); its
 * kind; what it can be said of. */
#define ADJECTIVES(A)                                                          \
    A("red", "rouge", "rouge", "rouges", "rouges", "rouge", AFTER, "红色的", "是红色的", COLOUR, VEHICLE | CLOTHES | FURNITURE | GRASS | BAGGAGE | OPENING) \
    A("blue", "bleu", "bleue", "bleus", "bleues", "bleu", AFTER, "蓝色的", "是蓝色的", COLOUR, VEHICLE | CLOTHES | FURNITURE | GRASS | BAGGAGE | OPENING) \
    A("green", "vert", "verte", "verts", "vertes", "vert", AFTER, "绿色的", "是绿色的", COLOUR, VEHICLE | CLOTHES | FURNITURE | BAGGAGE | OPENING) \
    A("white", "blanc", "blanche", "blancs", "blanches", "blanc", AFTER, "白色的", "是白色的", COLOUR, VEHICLE | CLOTHES | FURNITURE | GRASS | ANIMAL | OPENING) \
    A("black", "noir", "noire", "noirs", "noires", "noir", AFTER, "黑色的", "是黑色的", COLOUR, VEHICLE | CLOTHES | FURNITURE | BAGGAGE | ANIMAL | OPENING) \
    A("yellow", "jaune", "jaune", "jaunes", "jaunes", "jaune", AFTER, "黄色的", "是黄色的", COLOUR, VEHICLE | CLOTHES | GRASS | BAGGAGE) \
    A("grey", "gris", "grise", "gris", "grises", "gris", AFTER, "灰色的", "是灰色的", COLOUR, VEHICLE | CLOTHES | ANIMAL | BAGGAGE) \
    A("big", "grand", "grande", "grands", "grandes", "grand", BEFORE, "大", "大", SIZE, VEHICLE | FURNITURE | BAGGAGE | BUILDING | OPENING) \
    A("big", "gros", "grosse", "gros", "grosses", "gros", BEFORE, "大", "大", SIZE, ANIMAL) \
    A("small", "petit", "petite", "petits", "petites", "petit", BEFORE, "小", "小", SIZE, VEHICLE | FURNITURE | OBJECT | BUILDING | OPENING | ANIMAL | PLANT | FOOD) \
    A("new", "nouveau", "nouvelle", "nouveaux", "nouvelles", "nouvel", BEFORE, "新", "新", AGE, VEHICLE | CLOTHES | FURNITURE | OBJECT | BUILDING | TEXT) \
    A("old", "vieux", "vieille", "vieux", "vieilles", "vieil", BEFORE, "旧", "旧", AGE, VEHICLE | CLOTHES | FURNITURE | OBJECT | TEXT | BUILDING) \
    A("old", "vieux", "vieille", "vieux", "vieilles", "vieil", BEFORE, "老", "老", AGE, PERSON | ANIMAL) \
    A("beautiful", "beau", "belle", "beaux", "belles", "bel", BEFORE, "漂亮的", "漂亮", ALONE, VEHICLE | CLOTHES | FURNITURE | BUILDING | PLANT | ANIMAL) \
    A("good", "bon", "bonne", "bons", "bonnes", "bon", BEFORE, "好", "好", ALONE, TEXT | SONG) \
    A("young", "jeune", "jeune", "jeunes", "jeunes", "jeune", BEFORE, "年轻的", "年轻", AGE, PERSON) \
    A("long", "long", "longue", "longs", "longues", "long", BEFORE, "长", "长", LENGTH, WORK | SONG) \
    A("short", "court", "courte", "courts", "courtes", "court", AFTER, "简短的", "短", LENGTH, WORK | SONG) \
    A("heavy", "lourd", "lourde", "lourds", "lourdes", "lourd", AFTER, "沉重的", "重", WEIGHT, BAGGAGE | FURNITURE) \
    A("light", "léger", "légère", "légers", "légères", "léger", AFTER, "轻便的", "轻", WEIGHT, BAGGAGE) \
    A("expensive", "cher", "chère", "chers", "chères", "cher", AFTER, "昂贵的", "贵", PRICE, VEHICLE | CLOTHES | FURNITURE | OBJECT) \
    A("clean", "propre", "propre", "propres", "propres", "propre", AFTER, "干净的", "干净", DIRT, VEHICLE | CLOTHES | FURNITURE | OPENING | BUILDING) \
    A("dirty", "sale", "sale", "sales", "sales", "sale", AFTER, "脏", "脏", DIRT, VEHICLE | CLOTHES | OPENING | FURNITURE) \
    A("fast", "rapide", "rapide", "rapides", "rapides", "rapide", AFTER, "飞快的", "快", SPEED, VEHICLE) \
    A("slow", "lent", "lente", "lents", "lentes", "lent", AFTER, "缓慢的", "慢", SPEED, VEHICLE) \
    A("modern", "moderne", "moderne", "modernes", "modernes", "moderne", AFTER, "现代的", "现代", ALONE, BUILDING) \
    A("happy", "heureux", "heureuse", "heureux", "heureuses", "heureux", AFTER, "快乐的", "快乐", MOOD, PERSON) \
    A("sad", "triste", "triste", "tristes", "tristes", "triste", AFTER, "悲伤的", "悲伤", MOOD, PERSON) \
    A("tired", "fatigué", "fatiguée", "fatigués", "fatiguées", "fatigué", AFTER, "疲惫的", "疲惫", ALONE, PERSON) \
    A("intelligent", "intelligent", "intelligente", "intelligents", "intelligentes", "intelligent", AFTER, "聪明的", "聪明", ALONE, PERSON | ANIMAL) \
    A("strong", "fort", "forte", "forts", "fortes", "fort", AFTER, "强壮的", "强壮", ALONE, PERSON | ANIMAL) \
    A("famous", "célèbre", "célèbre", "célèbres", "célèbres", "célèbre", AFTER, "有名的", "出名", ALONE, PERSON | BUILDING | TEXT | SONG) \
    A("rich", "riche", "riche", "riches", "riches", "riche", AFTER, "富有的", "富有", ALONE, PERSON) \
    A("kind", "gentil", "gentille", "gentils", "gentilles", "gentil", BEFORE, "善良的", "善良", ALONE, PERSON) \
    A("polite", "poli", "polie", "polis", "polies", "poli", AFTER, "有礼貌的", "有礼貌", ALONE, PERSON) \
    A("calm", "calme", "calme", "calmes", "calmes", "calme", AFTER, "冷静的", "冷静", ALONE, PERSON) \
    A("dangerous", "dangereux", "dangereuse", "dangereux", "dangereuses", "dangereux", AFTER, "危险的", "危险", ALONE, ANIMAL) \
    A("delicious", "délicieux", "délicieuse", "délicieux", "délicieuses", "délicieux", AFTER, "好吃的", "好吃", ALONE, FOOD) \
    A("fresh", "frais", "fraîche", "frais", "fraîches", "frais", AFTER, "新鲜的", "新鲜", ALONE, FOOD) \
    A("empty", "vide", "vide", "vides", "vides", "vide", AFTER, "空的", "是空的", ALONE, BAGGAGE) \
    A("strange", "étrange", "étrange", "étranges", "étranges", "étrange", AFTER, "奇怪的", "奇怪", ALONE, ANIMAL | TEXT | SONG | PLANT) \
    A("interesting", "intéressant", "intéressante", "intéressants", "intéressantes", "intéressant", AFTER, "有趣的", "有意思", INTEREST, TEXT) \
    A("boring", "ennuyeux", "ennuyeuse", "ennuyeux", "ennuyeuses", "ennuyeux", AFTER, "无聊的", "无聊", INTEREST, TEXT | SONG) \
    A("difficult", "difficile", "difficile", "difficiles", "difficiles", "difficile", AFTER, "难懂的", "难懂", ALONE, TEXT) \
    A("important", "important", "importante", "importants", "importantes", "important", AFTER, "重要的", "重要", ALONE, TEXT)

/* What is another word after être: une nouvelle voiture, but la voiture est
 * neuve. English; the four French forms; of what (un livre est nouveau, which is
 * left out). */
#define AFTER_ETRE(A)                                                          \
    A("new", "neuf", "neuve", "neufs", "neuves",                               \
      VEHICLE | CLOTHES | FURNITURE | OBJECT | BUILDING)

/* An adjective and a noun that are one word in Chinese: English; Chinese. */
#define COMPOUNDS(C)                                                           \
    C("old", "man", "老人")      C("old", "woman", "老太太")                   \
    C("old", "teacher", "老教师")

/* What is not said: nonsense, or in Chinese another thing (小票 is a receipt, 大门
 * a gate, 小学校 a primary school), or a stammer (老老鼠). English. */
#define UNSAID(U)                                                              \
    U("small", "ticket") U("big", "door") U("small", "school")                 \
    U("big", "school")   U("old", "boy")  U("old", "girl")                     \
    U("old", "child")    U("old", "student") U("old", "neighbour")             \
    U("old", "actress")  U("old", "mouse") U("old", "tiger")                   \
    U("big", "mouse")    U("big", "elephant")

/* What is not done: a verb, an adjective of its object. English. */
#define UNDONE(U)                                                              \
    U("wash", "clean")  U("clean", "clean")  U("repair", "new")                \
    U("build", "old")   U("build", "dirty")  U("write", "old")                 \
    U("write", "famous") U("build", "famous") U("build", "clean")

/* ---- verbs -------------------------------------------------------------- */

enum {
    STATE = 1,      /* like, know: the simple present only */
    AT_ONCE = 2,    /* find, open: no "is finding" */
    BY_ETRE = 4,    /* French perfect with être, so the participle agrees */
    BEASTS = 8,     /* animals do it, too */
    TO_PLACE = 16,  /* go, come back: "to" a place */
    READ_READ = 32, /* past as present: only he reads is surely present */
    GENERAL = 64,   /* of all of a kind: like cats, aimer les chats */
    TASTE = 128,    /* may be followed by a subject of taste */
    MASS = 256,     /* eat, buy: bread */
    DRINKS = 512,   /* drink: coffee */
    RESULT = 1024,  /* find, meet: happens once, so past or future only; 不找到
                     * would be odd */
    MISHAP = 2048,  /* lose, forget: nobody will, so the past only */
    NOWHERE = 4096, /* travel: not in the kitchen, not on the farm */
    OPENS = 1 << 13,    /* 打开, 关上, 留下: 不打开 would be odd, 不会打开 is not */
    ARRIVES = 1 << 14,  /* past 来到了: one has come, and is there */
    RARE = 1 << 15,     /* build: not every day */
    NAMED = 1 << 16,    /* chase: somebody with a name, too */
    SUFFERED = 1 << 17, /* may be said the other way round: is stolen, 被偷了 */
    OUTSIDE = 1 << 18,  /* drive: not in the kitchen */
    INSIDE = 1 << 19,   /* clean: not in the forest */
    WET = 1 << 20,      /* swim: where there is water */
    TRADE = 1 << 21,    /* buy: where there are shops */
    ROOTED = 1 << 22,   /* plant: where things grow, and 种一棵花 */
};

/* A French verb: present je, tu, il, nous, ils; participle; beginning of the
 * future. ER(parl): parle, parles, parle, parlons, parlent, parlé, parler-. */
#define ER(stem)                                                               \
    stem "e", stem "es", stem "e", stem "ons", stem "ent", stem "é", stem "er"
#define GER(stem)   /* manger: nous mangeons */                                \
    stem "e", stem "es", stem "e", stem "eons", stem "ent", stem "é", stem "er"
#define ER2(strong, weak)   /* acheter: achète, achetons, achèter- */          \
    strong "e", strong "es", strong "e", weak "ons", strong "ent", weak "é",   \
        strong "er"
#define RE(stem)    /* vendre */                                               \
    stem "s", stem "s", stem, stem "ons", stem "ent", stem "u", stem "r"
#define FR(je, tu, il, nous, ils, participle, future)                          \
    je, tu, il, nous, ils, participle, future

/* What is not the past: English; English participle. */
#define PARTICIPLES(P)                                                         \
    P("eat", "eaten")       P("see", "seen")        P("steal", "stolen")       \
    P("take", "taken")      P("throw", "thrown")    P("forget", "forgotten")

/* English base, with -s, past, with -ing; French; Chinese; what it is done to
 * (0: nothing); further facts. */
#define VERBS(V)                                                               \
    V("eat", "eats", "ate", "eating", GER("mang"), "吃", FOOD, BEASTS | MASS | SUFFERED)  \
    V("drink", "drinks", "drank", "drinking", FR("bois", "bois", "boit", "buvons", "boivent", "bu", "boir"), "喝", 0, DRINKS) \
    V("buy", "buys", "bought", "buying", ER2("achèt", "achet"), "买", FOOD | TEXT | OWNED | CLOTHES | OBJECT | FURNITURE | GRASS, MASS | TRADE) \
    V("sell", "sells", "sold", "selling", RE("vend"), "卖", FOOD | TEXT | OWNED | CLOTHES | OBJECT | FURNITURE | GRASS, MASS | SUFFERED | TRADE) \
    V("see", "sees", "saw", "seeing", FR("vois", "vois", "voit", "voyons", "voient", "vu", "verr"), "看见", PERSON | ANIMAL | VEHICLE | BUILDING | PLANT | OBJECT, AT_ONCE | RESULT | BEASTS | SUFFERED) \
    V("watch", "watches", "watched", "watching", ER("regard"), "看", PERSON | ANIMAL | VEHICLE, BEASTS) \
    V("find", "finds", "found", "finding", ER("trouv"), "找到", OBJECT | TEXT | CLOTHES | ANIMAL, AT_ONCE | RESULT | SUFFERED) \
    V("look for", "looks for", "looked for", "looking for", ER("cherch"), "找", OBJECT | TEXT | CLOTHES | PERSON | ANIMAL, BEASTS) \
    V("lose", "loses", "lost", "losing", RE("perd"), "弄丢", OBJECT | TEXT | CLOTHES, AT_ONCE | MISHAP | SUFFERED) \
    V("like", "likes", "liked", "liking", ER("aim"), "喜欢", PERSON | ANIMAL | FOOD | TEXT | VEHICLE | PLANT, STATE | GENERAL | TASTE) \
    V("adore", "adores", "adored", "adoring", ER("ador"), "热爱", 0, STATE | GENERAL | TASTE) \
    V("hate", "hates", "hated", "hating", ER("détest"), "讨厌", ANIMAL | FOOD | TEXT | VEHICLE, STATE | GENERAL | TASTE) \
    V("know", "knows", "knew", "knowing", FR("connais", "connais", "connaît", "connaissons", "connaissent", "connu", "connaîtr"), "认识", PERSON, STATE) \
    V("read", "reads", "read", "reading", FR("lis", "lis", "lit", "lisons", "lisent", "lu", "lir"), "读", TEXT, READ_READ) \
    V("write", "writes", "wrote", "writing", FR("écris", "écris", "écrit", "écrivons", "écrivent", "écrit", "écrir"), "写", WORK, 0) \
    V("translate", "translates", "translated", "translating", FR("traduis", "traduis", "traduit", "traduisons", "traduisent", "traduit", "traduir"), "翻译", WORK, SUFFERED) \
    V("explain", "explains", "explained", "explaining", ER("expliqu"), "解释", WORK, 0) \
    V("open", "opens", "opened", "opening", FR("ouvre", "ouvres", "ouvre", "ouvrons", "ouvrent", "ouvert", "ouvrir"), "打开", OPENING | BAGGAGE, AT_ONCE | SUFFERED | OPENS) \
    V("close", "closes", "closed", "closing", ER("ferm"), "关上", OPENING, AT_ONCE | SUFFERED | OPENS) \
    V("carry", "carries", "carried", "carrying", ER("port"), "搬", HEAVED, 0) \
    V("wash", "washes", "washed", "washing", ER("lav"), "洗", CLOTHES | DRIVEN, SUFFERED) \
    V("clean", "cleans", "cleaned", "cleaning", ER2("nettoi", "nettoy"), "擦", WIPED, INSIDE) \
    V("repair", "repairs", "repaired", "repairing", ER("répar"), "修理", VEHICLE | DEVICE | FURNITURE, SUFFERED) \
    V("drive", "drives", "drove", "driving", FR("conduis", "conduis", "conduit", "conduisons", "conduisent", "conduit", "conduir"), "开", DRIVEN, OUTSIDE) \
    V("draw", "draws", "drew", "drawing", ER("dessin"), "画", ANIMAL | FIGURE, 0) \
    V("chase", "chases", "chased", "chasing", FR("poursuis", "poursuis", "poursuit", "poursuivons", "poursuivent", "poursuivi", "poursuivr"), "追逐", ANIMAL, BEASTS | NAMED) \
    V("follow", "follows", "followed", "following", FR("suis", "suis", "suit", "suivons", "suivent", "suivi", "suivr"), "跟随", PERSON | ANIMAL, BEASTS) \
    V("help", "helps", "helped", "helping", ER("aid"), "帮助", PERSON, 0)      \
    V("meet", "meets", "met", "meeting", ER("rencontr"), "遇到", PERSON, AT_ONCE | RESULT) \
    V("visit", "visits", "visited", "visiting", ER("visit"), "参观", BUILDING, NOWHERE) \
    V("thank", "thanks", "thanked", "thanking", ER("remerci"), "感谢", PERSON, 0) \
    V("wait for", "waits for", "waited for", "waiting for", RE("attend"), "等", PERSON, 0) \
    V("hear", "hears", "heard", "hearing", RE("entend"), "听到", PERSON | ANIMAL | SONG, AT_ONCE | RESULT | BEASTS | SUFFERED) \
    V("cut", "cuts", "cut", "cutting", ER("coup"), "切", FOOD, READ_READ | SUFFERED)      \
    V("prepare", "prepares", "prepared", "preparing", ER("prépar"), "准备", DISH, 0) \
    V("order", "orders", "ordered", "ordering", ER("command"), "点", DISH, NOWHERE)  \
    V("taste", "tastes", "tasted", "tasting", ER("goût"), "品尝", FOOD, MASS)  \
    V("feed", "feeds", "fed", "feeding", FR("nourris", "nourris", "nourrit", "nourrissons", "nourrissent", "nourri", "nourrir"), "喂", ANIMAL, SUFFERED) \
    V("touch", "touches", "touched", "touching", ER("touch"), "摸", ANIMAL | PLANT, 0) \
    V("take", "takes", "took", "taking", FR("prends", "prends", "prend", "prenons", "prennent", "pris", "prendr"), "拿走", OBJECT | TEXT | CLOTHES, AT_ONCE | RESULT | SUFFERED) \
    V("bring", "brings", "brought", "bringing", ER("apport"), "带来", OBJECT | TEXT | DISH, AT_ONCE | RESULT) \
    V("hide", "hides", "hid", "hiding", ER("cach"), "藏", OBJECT | TEXT, 0)    \
    V("steal", "steals", "stole", "stealing", ER("vol"), "偷", OBJECT | VEHICLE | CLOTHES, SUFFERED | RARE) \
    V("borrow", "borrows", "borrowed", "borrowing", ER("emprunt"), "借", TEXT | CLOTHES, 0) \
    V("send", "sends", "sent", "sending", FR("envoie", "envoies", "envoie", "envoyons", "envoient", "envoyé", "enverr"), "寄", TEXT | BAGGAGE, 0) \
    V("receive", "receives", "received", "receiving", FR("reçois", "reçois", "reçoit", "recevons", "reçoivent", "reçu", "recevr"), "收到", TEXT | BAGGAGE, AT_ONCE | RESULT) \
    V("build", "builds", "built", "building", FR("construis", "construis", "construit", "construisons", "construisent", "construit", "construir"), "建造", BUILDING, RARE) \
    V("throw", "throws", "threw", "throwing", FR("lance", "lances", "lance", "lançons", "lancent", "lancé", "lancer"), "扔", OBJECT, SUFFERED) \
    V("catch", "catches", "caught", "catching", ER("attrap"), "抓住", ANIMAL, AT_ONCE | RESULT | BEASTS | SUFFERED | NAMED) \
    V("forget", "forgets", "forgot", "forgetting", ER("oubli"), "忘记", OBJECT | TEXT | CLOTHES, AT_ONCE | MISHAP | SUFFERED) \
    V("sing", "sings", "sang", "singing", ER("chant"), "唱", SONG, 0)          \
    V("learn", "learns", "learned", "learning", FR("apprends", "apprends", "apprend", "apprenons", "apprennent", "appris", "apprendr"), "学", SONG, 0) \
    V("push", "pushes", "pushed", "pushing", ER("pouss"), "推", DRIVEN | FURNITURE, 0) \
    V("pull", "pulls", "pulled", "pulling", ER("tir"), "拉", DRIVEN | FURNITURE, 0) \
    V("finish", "finishes", "finished", "finishing", FR("finis", "finis", "finit", "finissons", "finissent", "fini", "finir"), "读完", TEXT, AT_ONCE | RESULT) \
    V("protect", "protects", "protected", "protecting", FR("protège", "protèges", "protège", "protégeons", "protègent", "protégé", "protéger"), "保护", PERSON | ANIMAL, BEASTS) \
    V("plant", "plants", "planted", "planting", ER("plant"), "种", PLANT, ROOTED)   \
    V("choose", "chooses", "chose", "choosing", FR("choisis", "choisis", "choisit", "choisissons", "choisissent", "choisi", "choisir"), "选择", TEXT | CLOTHES | FURNITURE, RARE) \
    V("show", "shows", "showed", "showing", ER("montr"), "展示", OBJECT | TEXT | CLOTHES, 0) \
    V("sleep", "sleeps", "slept", "sleeping", FR("dors", "dors", "dort", "dormons", "dorment", "dormi", "dormir"), "睡觉", 0, BEASTS) \
    V("run", "runs", "ran", "running", FR("cours", "cours", "court", "courons", "courent", "couru", "courr"), "跑步", 0, OUTSIDE) \
    V("swim", "swims", "swam", "swimming", GER("nag"), "游泳", 0, BEASTS | WET)      \
    V("walk", "walks", "walked", "walking", ER("march"), "走路", 0, BEASTS)    \
    V("dance", "dances", "danced", "dancing", FR("danse", "danses", "danse", "dansons", "dansent", "dansé", "danser"), "跳舞", 0, 0) \
    V("laugh", "laughs", "laughed", "laughing", FR("ris", "ris", "rit", "rions", "rient", "ri", "rir"), "笑", 0, 0) \
    V("cry", "cries", "cried", "crying", ER("pleur"), "哭", 0, 0)              \
    V("work", "works", "worked", "working", ER("travaill"), "工作", 0, 0)      \
    V("play", "plays", "played", "playing", ER("jou"), "玩", 0, BEASTS)        \
    V("travel", "travels", "travelled", "travelling", GER("voyag"), "旅行", 0, NOWHERE) \
    V("shout", "shouts", "shouted", "shouting", ER("cri"), "喊叫", 0, 0)       \
    V("speak", "speaks", "spoke", "speaking", ER("parl"), "说话", 0, 0)        \
    V("jump", "jumps", "jumped", "jumping", ER("saut"), "跳", 0, BEASTS)       \
    V("fall", "falls", "fell", "falling", ER("tomb"), "摔倒", 0, BY_ETRE | AT_ONCE | RESULT | BEASTS) \
    V("leave", "leaves", "left", "leaving", FR("pars", "pars", "part", "partons", "partent", "parti", "partir"), "离开", 0, BY_ETRE | AT_ONCE) \
    V("stay", "stays", "stayed", "staying", ER("rest"), "留下", 0, BY_ETRE | AT_ONCE | OPENS) \
    V("go", "goes", "went", "going", FR("vais", "vas", "va", "allons", "vont", "allé", "ir"), "去", 0, BY_ETRE | AT_ONCE | TO_PLACE) \
    V("come", "comes", "came", "coming", FR("viens", "viens", "vient", "venons", "viennent", "venu", "viendr"), "来", 0, BY_ETRE | AT_ONCE | TO_PLACE | ARRIVES) \
    V("return", "returns", "returned", "returning", ER("retourn"), "回到", 0, BY_ETRE | AT_ONCE | TO_PLACE)

/* ---- places and times --------------------------------------------------- */

/* What a place is, and so who is there and what is done. */
enum {
    OUT = 1,        /* under the sky */
    IN = 2,         /* under a roof */
    WATER = 4, TOWN = 8,
    WILDS = 16,     /* where tigers are */
    GREEN = 32,     /* where things grow */
    HOME = 64,      /* where one eats */
};

/* English; French; Chinese; what it is. */
#define PLACES(P)                                                              \
    P("in the park", "dans le parc", "公园里", OUT | GREEN)                    \
    P("in the garden", "dans le jardin", "花园里", OUT | GREEN)                \
    P("in the kitchen", "dans la cuisine", "厨房里", IN | HOME)                       \
    P("in the street", "dans la rue", "街上", OUT | TOWN)                      \
    P("in the forest", "dans la forêt", "森林里", OUT | WILDS | GREEN)         \
    P("in the house", "dans la maison", "房子里", IN | HOME)                          \
    P("in the church", "dans la église", "教堂里", IN)                         \
    P("at the market", "à le marché", "市场", TOWN)                            \
    P("at the station", "à la gare", "车站", TOWN)                             \
    P("near the river", "près de la rivière", "河边", OUT | WATER | WILDS | GREEN) \
    P("near the bridge", "près de le pont", "桥边", OUT | WILDS)               \
    P("near the lake", "près de le lac", "湖边", OUT | WATER | WILDS | GREEN)  \
    P("near the school", "près de la école", "学校旁边", OUT | TOWN | GREEN)   \
    P("near the castles", "près de les châteaux", "城堡旁边", OUT | GREEN)     \
    P("on the beach", "sur la plage", "海滩上", OUT)                   \
    P("on the farm", "à la ferme", "农场", OUT | GREEN)

/* What stands before a thing to make a place of it: English; French; Chinese,
 * after it; of which things. */
#define PREPOSITIONS(P)                                                        \
    P("on", "sur", "上", FURNITURE)                                            \
    P("under", "sous", "下面", SHADY)                                          \
    P("in", "dans", "里", HOLDS)                                               \
    P("behind", "derrière", "后面", SCREEN)                                    \
    P("in front of", "devant", "前面", SCREEN)

/* Where one goes. English; French; Chinese. */
#define GOALS(P)                                                               \
    P("to the park", "à le parc", "公园")                                      \
    P("to the market", "à le marché", "市场")                                  \
    P("to the museum", "à le musée", "博物馆")                                 \
    P("to the restaurant", "à le restaurant", "餐馆")                          \
    P("to the school", "à la école", "学校")                                   \
    P("to the hospital", "à le hôpital", "医院")                               \
    P("to the hotel", "à le hôtel", "旅馆")                                    \
    P("to the church", "à la église", "教堂")                                  \
    P("to the station", "à la gare", "车站")                                   \
    P("to the library", "à la bibliothèque", "图书馆")                         \
    P("to the beach", "à la plage", "海滩")                                    \
    P("to the shops", "dans les magasins", "商店")                           \
    P("to the fields", "à les champs", "田里")

/* English; French; Chinese; the tense it goes with. */
#define TIMES(T)                                                               \
    T("every day", "tous les jours", "每天", SIMPLE)                           \
    T("every morning", "tous les matins", "每天早上", SIMPLE)                     \
    T("now", "maintenant", "现在", PROGRESSIVE)                                \
    T("yesterday", "hier", "昨天", PAST)                                       \
    T("last night", "hier soir", "昨晚", PAST)                                 \
    T("last week", "la semaine dernière", "上周", PAST)                        \
    T("this morning", "ce matin", "今天早上", PAST)                            \
    T("tomorrow", "demain", "明天", FUTURE)                                    \
    T("tonight", "ce soir", "今晚", FUTURE)                                    \
    T("next week", "la semaine prochaine", "下周", FUTURE)

#endif
