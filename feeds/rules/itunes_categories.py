"""Apple's categories of podcasts: today's, those of 2005 to 2019, and the first summer's."""


def _table(text: str) -> dict[str, list[str]]:
    lines = [line.strip().partition(":") for line in text.strip().splitlines()]
    return {
        name.strip(): [part.strip() for part in parts.split(",") if part.strip()] for name, _, parts in lines
    }


CURRENT = _table("""
    Arts: Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts
    Business: Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit
    Comedy: Comedy Interviews, Improv, Stand-Up
    Education: Courses, How To, Language Learning, Self-Improvement
    Fiction: Comedy Fiction, Drama, Science Fiction
    Government:
    History:
    Health & Fitness: Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality
    Kids & Family: Education for Kids, Parenting, Pets & Animals, Stories for Kids
    Leisure: Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games
    Music: Music Commentary, Music History, Music Interviews
    News: Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, Tech News
    Religion & Spirituality: Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality
    Science: Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, Nature, \
    Physics, Social Sciences
    Society & Culture: Documentary, Personal Journals, Philosophy, Places & Travel, Relationships
    Sports: Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, \
    Soccer, Swimming, Tennis, Volleyball, Wilderness, Wrestling
    Technology:
    True Crime:
    TV & Film: After Shows, Film History, Film Interviews, Film Reviews, TV Reviews
""")
FORMER = _table("""
    Arts: Design, Fashion & Beauty, Food, Literature, Performing Arts, Visual Arts
    Business: Business News, Careers, Investing, Management & Marketing, Shopping
    Comedy:
    Education: Education Technology, Educational Technology, Higher Education, K-12, Language Courses, \
    Training
    Games & Hobbies: Automotive, Aviation, Hobbies, Other Games, Video Games
    Government & Organizations: Local, National, Non-Profit, Regional
    Health: Alternative Health, Fitness & Nutrition, Self-Help, Sexuality
    Kids & Family:
    Music:
    News & Politics:
    Religion & Spirituality: Buddhism, Christianity, Hinduism, Islam, Judaism, Other, Spirituality
    Science & Medicine: Medicine, Natural Sciences, Social Sciences
    Society & Culture: History, Personal Journals, Philosophy, Places & Travel
    Sports & Recreation: Amateur, College & High School, Outdoor, Professional
    Technology: Gadgets, Podcasting, Software How-To, Tech News
    TV & Film:
""")
FIRST = _table("""
    Arts & Entertainment: Architecture, Books, Design, Entertainment, Games, Performing Arts, \
    Photography, Poetry, Science Fiction
    Audio Blogs:
    Business: Careers, Finance, Investing, Management, Marketing
    Comedy:
    Education: Higher Education, K-12
    Family:
    Food:
    Health: Diet & Nutrition, Fitness, Relationships, Self-Help, Sexuality
    International: Australian, Belgian, Brazilian, Canadian, Chinese, Dutch, French, German, Hebrew, \
    Italian, Japanese, Norwegian, Polish, Portuguese, Spanish, Swedish
    Movies & Television:
    Music:
    News:
    Politics:
    Public Radio:
    Religion & Spirituality: Buddhism, Christianity, Islam, Judaism, New Age, Philosophy, Spirituality
    Science:
    Sports:
    Talk Radio:
    Technology: Computers, Developers, Gadgets, Information Technology, News, Operating Systems, \
    Podcasting, Smart Phones, Text/Speech
    Transportation: Automotive, Aviation, Bicycles, Commuting
    Travel:
""")
