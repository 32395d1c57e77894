/* Takes an expression apart into tokens. */
#include "filter/lexer.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || is_digit(c);
}

/* Of names and values alike, so that addresses, times and URIs need no quotes;
 * what is not US-ASCII, too. */
static bool is_inner(char c)
{
    return (unsigned char)c >= 0x80 || is_word(c) || (c && strchr("_-.:/@%+*#;?$'", c));
}

static char at(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : '\0';
}

static struct token make(const struct lexer *l, enum token_kind kind, size_t from, size_t to)
{
    return (struct token){kind, slice_make(l->text.p + from, to - from), from, to - from};
}

static struct token take(struct lexer *l, enum token_kind kind, size_t n)
{
    size_t from = l->at;

    l->at += n;
    return make(l, kind, from, l->at);
}

static int hex(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What the escape at p stands for; *used: its length.  An escape that is none stays
 * as it is, so that patterns need no second backslash. */
static int escape(const char *p, size_t n, size_t *used)
{
    *used = 2;
    switch (n > 1 ? p[1] : '\0') {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"': case '\'': case '\\': return p[1];
    case 'x':
        if (n < 4 || hex(p[2]) < 0 || hex(p[3]) < 0)
            break;
        *used = 4;
        return hex(p[2]) * 16 + hex(p[3]);
    default:
        break;
    }
    *used = 1;
    return '\\';
}

static bool unescape(struct arena *arena, struct slice *s)
{
    char *out;
    size_t n = 0;

    if (slice_find(*s, '\\') == s->n)
        return true;
    out = arena_alloc(arena, s->n);
    if (!out)
        return false;
    for (size_t i = 0, used = 1; i < s->n; i += used) {
        used = 1;
        out[n++] = s->p[i] == '\\' ? (char)escape(s->p + i, s->n - i, &used) : s->p[i];
    }
    *s = slice_make(out, n);
    return true;
}

static struct token string(struct lexer *l)
{
    size_t from = l->at, end = from + 1;
    char quote = l->text.p[from];
    struct token token;

    while (end < l->text.n && l->text.p[end] != quote)
        end += l->text.p[end] == '\\' && end + 1 < l->text.n ? 2 : 1;
    if (end >= l->text.n) {
        l->at = l->text.n;
        return make(l, TOKEN_UNCLOSED, from, l->text.n);
    }
    l->at = end + 1;
    token = make(l, TOKEN_STRING, from, l->at);
    token.text = slice_make(l->text.p + from + 1, end - from - 1);
    if (!unescape(l->arena, &token.text))
        token.kind = TOKEN_NO_MEMORY;
    return token;
}

static bool is_scope(struct slice s)
{
    static const struct slice names[] = {{"call", 4}, {"message", 7}, {"stream", 6},
                                         {"finding", 7}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_eq(s, names[i]))
            return true;
    return false;
}

static enum token_kind keyword(struct slice s)
{
    static const struct {
        struct slice name;
        enum token_kind kind;
    } words[] = {
        {{"and", 3}, TOKEN_AND}, {{"or", 2}, TOKEN_OR}, {{"not", 3}, TOKEN_NOT},
        {{"eq", 2}, TOKEN_EQ},   {{"ne", 2}, TOKEN_NE}, {{"lt", 2}, TOKEN_LT},
        {{"le", 2}, TOKEN_LE},   {{"gt", 2}, TOKEN_GT}, {{"ge", 2}, TOKEN_GE},
        {{"contains", 8}, TOKEN_CONTAINS}, {{"matches", 7}, TOKEN_MATCHES}, {{"in", 2}, TOKEN_IN},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_eq(s, words[i].name))
            return words[i].kind;
    return TOKEN_WORD;
}

/* Whether the word goes on with the character `n` behind its beginning. */
static bool goes_on(const struct lexer *l, size_t n)
{
    char c = at(l, n);

    if (!is_inner(c))
        return false;
    if (c == '.' && at(l, n + 1) == '.')
        return false;
    if (c == '+' && at(l, n + 1) == '-')
        return false;
    if ((unsigned char)c == 0xc2 && (unsigned char)at(l, n + 1) == 0xb1) /* U+00B1 */
        return false;
    return c != ':' || !is_scope(slice_make(l->text.p + l->at, n));
}

static struct token word(struct lexer *l)
{
    size_t n = 1;
    struct token token;

    while (goes_on(l, n))
        n++;
    if (at(l, n) == ':') {
        token = take(l, TOKEN_SCOPE, n + 1);
        token.text.n--;
        return token;
    }
    token = take(l, TOKEN_WORD, n);
    token.kind = keyword(token.text);
    return token;
}

/* "[2001:db8::1]" */
static size_t bracketed(const struct lexer *l)
{
    size_t n = 1;

    while (hex(at(l, n)) >= 0 || at(l, n) == ':' || at(l, n) == '.')
        n++;
    return n > 1 && at(l, n) == ']' ? n + 1 : 0;
}

static bool begins_word(const struct lexer *l)
{
    char c = at(l, 0), next = at(l, 1);

    if (is_word(c) || c == '_' || (unsigned char)c >= 0x80)
        return true;
    if (c == ':')
        return next == ':';
    return (c == '-' || c == '+' || c == '.') && (is_digit(next) || next == '.');
}

struct token lexer_next(struct lexer *l)
{
    static const struct {
        char text[3];
        enum token_kind kind;
    } signs[] = {
        {"==", TOKEN_EQ}, {"!=", TOKEN_NE}, {"<=", TOKEN_LE}, {">=", TOKEN_GE},
        {"&&", TOKEN_AND}, {"||", TOKEN_OR}, {"..", TOKEN_RANGE}, {"+-", TOKEN_TOLERANCE},
        {"\xc2\xb1", TOKEN_TOLERANCE}, {"(", TOKEN_OPEN}, {")", TOKEN_CLOSE},
        {"{", TOKEN_OPEN_SET}, {"}", TOKEN_CLOSE_SET}, {",", TOKEN_COMMA}, {"<", TOKEN_LT},
        {">", TOKEN_GT}, {"!", TOKEN_NOT}, {"~", TOKEN_MATCHES}, {"=", TOKEN_EQ},
    };

    while (l->at < l->text.n && is_blank(l->text.p[l->at]))
        l->at++;
    if (l->at == l->text.n)
        return take(l, TOKEN_END, 0);
    if (at(l, 0) == '"' || at(l, 0) == '\'')
        return string(l);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t n = strlen(signs[i].text);

        if (l->text.n - l->at >= n && memcmp(l->text.p + l->at, signs[i].text, n) == 0)
            return take(l, signs[i].kind, n);
    }
    if (begins_word(l))
        return word(l);
    if (at(l, 0) == '[' && bracketed(l))
        return take(l, TOKEN_WORD, bracketed(l));
    return take(l, TOKEN_STRAY, 1);
}
