/* Response bodies and their answers; see bodies.h. The rules are those of WHATWG HTML section 9.2.6 and tokusage.h. */
#include "bodies.h"

#include <stdio.h>
#include <string.h>

#define USAGE "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}"
#define OTHER_USAGE "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}"
#define JSON "{\"usage\":" USAGE "}"
#define OTHER_JSON "{\"usage\":" OTHER_USAGE "}"
#define NULL_JSON "{\"choices\":[],\"usage\":null}"
#define MARK "\xEF\xBB\xBF"
#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16
#define X256 X64 X64 X64 X64

/* For events. */
#define NONE(done) IN_EVENTS(ABOUT(NOT_FOUND, "usage"), 0, (done), "")
#define SEEN(reports, done) IN_EVENTS(COUNTS(5, 7, 12), (reports), (done), "")
#define OTHER(reports, done) IN_EVENTS(COUNTS(1, 2, 3), (reports), (done), "")
#define PROMPT(value, reports) IN_EVENTS(COUNTS((value), ABSENT, ABSENT), (reports), false, "")
#define WRONG(name, who, reports) IN_EVENTS(ABOUT(name, who), (reports), false, "")

/* For plain texts, or for a body that is neither. */
#define UNREAD(body) IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, body, "")

const body bodies[] = {
    /* ---- nothing */
    {"an empty body", NULL, TEXT(""), UNREAD(EMPTY)},
    {"white space", NULL, TEXT(" \t\r\n\n  "), UNREAD(EMPTY)},
    {"a byte-order mark alone", NULL, TEXT(MARK), UNREAD(EMPTY)},
    {"a byte-order mark and white space", NULL, TEXT(MARK " \r\n"), UNREAD(EMPTY)},
    {"half of a byte-order mark", NULL, TEXT("\xEF\xBB"), UNREAD(EMPTY)},
    {"an HTML page", NULL, TEXT("<html>\n\n<p>data: 502</p>\n\n</html>\n"), NONE(false)},
    {"NUL bytes", NULL, TEXT("\0\0\n\0data: " JSON "\n\n\0"), NONE(false)},

    /* ---- line ends */
    {"LF", NULL, TEXT("data: " JSON "\n\n" DONE), SEEN(1, true)},
    {"CR LF", NULL, TEXT("data: " JSON "\r\n\r\ndata: [DONE]\r\n\r\n"), SEEN(1, true)},
    {"CR", NULL, TEXT("data: " JSON "\r\rdata: [DONE]\r\r"), SEEN(1, true)},
    {"LF, CR", NULL, TEXT("data: " JSON "\n\rdata: " OTHER_JSON "\n\r" DONE), OTHER(2, true)},
    {"LF, CR LF", NULL, TEXT("data: " JSON "\n\r\ndata: " OTHER_JSON "\n\r\n" DONE), OTHER(2, true)},
    {"CR LF, LF", NULL, TEXT("data: " JSON "\r\n\ndata: " OTHER_JSON "\r\n\n" DONE), OTHER(2, true)},
    {"CR LF, CR", NULL, TEXT("data: " JSON "\r\n\rdata: " OTHER_JSON "\r\n\r" DONE), OTHER(2, true)},
    {"CR, CR LF", NULL, TEXT("data: " JSON "\r\r\ndata: " OTHER_JSON "\r\r\n" DONE), OTHER(2, true)},
    {"CR LF is one line end: two lines of one event", NULL,
     TEXT("data: {\"usage\":\r\ndata: {\"prompt_tokens\":5}}\r\n\r\n"), PROMPT(5, 1)},
    {"LF CR is two", NULL, TEXT("data: {\"usage\":\n\rdata: {\"prompt_tokens\":5}}\n\r"), NONE(false)},
    {"CR CR is two", NULL, TEXT("data: {\"usage\":\r\rdata: {\"prompt_tokens\":5}}\r\r"), NONE(false)},
    {"CR LF, and an LF long after", NULL, TEXT("data: {\"usage\":\rdata: {\"prompt_tokens\":5}}\n\n"), PROMPT(5, 1)},
    {"blank lines before and between", NULL, TEXT("\n\n\r\n\r" EVENT(JSON) "\n\n\n" DONE), SEEN(1, true)},
    {"bytes that are not line ends", NULL, TEXT("data: " JSON "\v\f\xC2\x85\xE2\x80\xA8\n\n"), NONE(false)},

    /* ---- fields */
    {"comments", NULL, TEXT(": hello\n:\n::data: x\ndata: " JSON "\n: " OTHER_JSON "\n\n" DONE), SEEN(1, true)},
    {"a comment that looks like data", NULL, TEXT(":data: " JSON "\n\n"), NONE(false)},
    {"other fields", NULL, TEXT("event: x\nid: " JSON "\nretry: 5\nfoo: bar\nbar\ndata: " JSON "\nevent\nid:\n\n"),
     SEEN(1, false)},
    {"only other fields", NULL, TEXT("event: " JSON "\nid: " JSON "\n\nretry: " JSON "\n\n"), NONE(false)},
    {"longer than data", NULL, TEXT("datax: " JSON "\n\n"), NONE(false)},
    {"data twice", NULL, TEXT("datadata: " JSON "\n\n"), NONE(false)},
    {"shorter than data", NULL, TEXT("dat: " JSON "\n\nd: " JSON "\n\n"), NONE(false)},
    {"data in capitals", NULL, TEXT("DATA: " JSON "\n\nData: " JSON "\n\n"), NONE(false)},
    {"space before data", NULL, TEXT(" data: " JSON "\n\n\tdata: " JSON "\n\n"), NONE(false)},
    {"space before the colon", NULL, TEXT("data : " JSON "\n\ndata\t: " JSON "\n\n"), NONE(false)},
    {"data, NUL", NULL, TEXT("data\0: " JSON "\n\n"), NONE(false)},
    {"no space", NULL, TEXT("data:" JSON "\n\n"), SEEN(1, false)},
    {"two spaces", NULL, TEXT("data:  " JSON "\n\n"), SEEN(1, false)},
    {"a tab", NULL, TEXT("data:\t" JSON "\n\n"), SEEN(1, false)},
    {"a second colon", NULL, TEXT("data:: " JSON "\n\n"), NONE(false)},
    {"data without a colon, alone", NULL, TEXT("data\n\n" EVENT(JSON)), SEEN(1, false)},
    {"data without a colon, at the end of another's", NULL, TEXT("data: " JSON "\ndata\n\n"), SEEN(1, false)},
    {"data without a colon, inside a text", NULL,
     TEXT("data: {\"usage\"\ndata\ndata: :\ndata\ndata:" USAGE "\ndata\ndata:}\n\n"), SEEN(1, false)},
    {"data without a colon, inside a string", NULL, TEXT("data: {\"a\":\"\ndata\ndata: \",\"usage\":" USAGE "}\n\n"),
     NONE(false)},
    {"empty data lines", NULL, TEXT("data:\ndata: \ndata: " JSON "\ndata:\ndata: \n\n"), SEEN(1, false)},
    {"an event without data between", NULL, TEXT(EVENT(JSON) "event: ping\n\n" DONE), SEEN(1, true)},

    /* ---- several lines */
    {"a text over several lines", NULL,
     TEXT("data: {\ndata:   \"usage\": {\ndata:     \"prompt_tokens\": 5,\ndata:     \"completion_tokens\": 7,\n"
          "data:     \"total_tokens\": 12\ndata:   }\ndata: }\n\n"),
     SEEN(1, false)},
    {"an LF joins the lines: a number ends", NULL, TEXT("data: {\"usage\":{\"prompt_tokens\":1\ndata: 2}}\n\n"),
     NONE(false)},
    {"an LF joins the lines: a number ends at the top", "", TEXT("data: 1\ndata: 2\n\n"), NONE(false)},
    {"an LF joins the lines: a word ends", NULL, TEXT("data: {\"a\":tr\ndata: ue,\"usage\":" USAGE "}\n\n"),
     NONE(false)},
    {"an LF joins the lines: a name cannot hold one", NULL, TEXT("data: {\"usa\ndata: ge\":" USAGE "}\n\n"),
     NONE(false)},
    {"other lines between", NULL, TEXT("data: {\"usage\":\n: x\nid: 7\ndata: " USAGE "\nevent: y\ndata: }\n\n"),
     SEEN(1, false)},
    {"the colon in the next line", NULL, TEXT("data: {\"usage\"\ndata: :" USAGE "}\n\n"), SEEN(1, false)},
    {"the value in the next line", NULL, TEXT("data: {\"usage\": \ndata: " USAGE "}\n\n"), SEEN(1, false)},
    {"null in another line", NULL, TEXT(EVENT(JSON) "data: {\"usage\":\ndata: null}\n\n"), SEEN(1, false)},

    /* ---- the end */
    {"no blank line at the end", NULL, TEXT("data: " JSON "\n"), SEEN(1, false)},
    {"no line end at the end", NULL, TEXT("data: " JSON), SEEN(1, false)},
    {"a text cut off", NULL, TEXT(EVENT(JSON) "data: {\"usage\":{\"prompt_tokens\":9}"), SEEN(1, false)},
    {"a text cut off in a line that is whole", NULL, TEXT(EVENT(JSON) "data: {\"usage\":{\"prompt_tokens\":9}\n"),
     SEEN(1, false)},
    {"a text cut off by the end of its event", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":9}") DONE),
     SEEN(1, true)},
    {"a number closes with its event", "", TEXT("data: 5\n\n"), WRONG(TYPE, "usage", 1)},
    {"a number does not close with its line", "", TEXT("data: 5\n"), NONE(false)},
    {"a number closes with a space", "", TEXT("data: 5 "), WRONG(TYPE, "usage", 1)},
    {"a number closes with the next line", "", TEXT("data: 5\ndata:"), WRONG(TYPE, "usage", 1)},
    {"a number that is not whole", "", TEXT("data: -\n\ndata: 1.\n\ndata: 1e\n\ndata: 1e+\n\n"), NONE(false)},

    /* ---- a byte-order mark */
    {"a byte-order mark", NULL, TEXT(MARK "data: " JSON "\n\n"), SEEN(1, false)},
    {"a byte-order mark, a blank line", NULL, TEXT(MARK "\r\ndata: " JSON "\n\n"), SEEN(1, false)},
    {"two byte-order marks", NULL, TEXT(MARK MARK "data: " JSON "\n\n"), NONE(false)},
    {"two byte-order marks in a line of their own", NULL, TEXT(MARK MARK "\ndata: " JSON "\n\n"), SEEN(1, false)},
    {"one byte of a mark", NULL,
     TEXT("\xEF"
          "data: " JSON "\n\n"),
     NONE(false)},
    {"two bytes of a mark", NULL,
     TEXT("\xEF\xBB"
          "data: " JSON "\n\n"),
     NONE(false)},
    {"one byte of a mark in place of a letter", NULL,
     TEXT("\xEF"
          "ata: " JSON "\n\n"),
     NONE(false)},
    {"two bytes of a mark in place of two letters", NULL,
     TEXT("\xEF\xBB"
          "ta: " JSON "\n\n"),
     NONE(false)},
    {"one byte of a mark is a line that is not blank", NULL, TEXT("\xEF\ndata: " JSON "\n\n"), SEEN(1, false)},
    {"one byte, then a mark", NULL, TEXT("\xEF" MARK "data: " JSON "\n\n"), NONE(false)},
    {"a mark with a wrong last byte", NULL,
     TEXT("\xEF\xBB\xBE"
          "data: " JSON "\n\n"),
     NONE(false)},
    {"the rest of a mark", NULL,
     TEXT("\xBB\xBF"
          "data: " JSON "\n\n"),
     NONE(false)},
    {"a mark after white space", NULL, TEXT("\n" MARK "data: " JSON "\n\n"), NONE(false)},
    {"a mark at a later event", NULL, TEXT(EVENT(NULL_JSON) MARK "data: " JSON "\n\n"), NONE(false)},
    {"a mark in front of the data", NULL, TEXT("data: " MARK JSON "\n\n"), NONE(false)},

    /* ---- [DONE] */
    {"[DONE] alone", NULL, TEXT(DONE), NONE(true)},
    {"[DONE] without space", NULL, TEXT("data:[DONE]\n\n"), NONE(true)},
    {"[DONE] without a blank line", NULL, TEXT("data: [DONE]\n"), NONE(true)},
    {"[DONE] without a line end", NULL, TEXT("data: [DONE]"), NONE(true)},
    {"[DONE] with other fields", NULL, TEXT("event: end\ndata: [DONE]\nid: 5\n: x\n\n"), NONE(true)},
    {"[DONE] behind what is nearly data", NULL, TEXT("datax {\ndata: [DONE]\n\n" EVENT(JSON)),
     STOPPED(ABOUT(NOT_FOUND, "usage"), 0, "datax {\ndata: [DONE]\n\n", "")},
    {"[DONE] and a bare name that is nearly data", NULL, TEXT("data: [DONE]\ndat\nd\ndatax\n\n"), NONE(true)},
    {"[DONE] twice", NULL, TEXT(DONE DONE), STOPPED(ABOUT(NOT_FOUND, "usage"), 0, DONE, "")},
    {"[DONE cut off", NULL, TEXT("data: [DONE"), NONE(false)},
    {"[DONE without its bracket", NULL, TEXT("data: [DONE\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE]x", NULL, TEXT("data: [DONE]x\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] and a space", NULL, TEXT("data: [DONE] \n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] behind a space", NULL, TEXT("data:  [DONE]\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] in small letters", NULL, TEXT("data: [done]\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] in a string", NULL, TEXT("data: \"[DONE]\"\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] in a member", NULL, TEXT(EVENT("{\"content\":\"[DONE]\"}") EVENT(JSON)), SEEN(1, false)},
    {"[DONE][DONE]", NULL, TEXT("data: [DONE][DONE]\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] over two lines", NULL, TEXT("data: [DO\ndata: NE]\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] and an empty line", NULL, TEXT("data: [DONE]\ndata:\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] and a bare data", NULL, TEXT("data: [DONE]\ndata\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] behind an empty line", NULL, TEXT("data\ndata: [DONE]\n\n" EVENT(JSON)), SEEN(1, false)},
    {"[DONE] in another field", NULL, TEXT("id: [DONE]\n\n" EVENT(JSON)), SEEN(1, false)},
    {"bytes behind [DONE] are not taken", NULL, TEXT(EVENT(JSON) DONE EVENT(OTHER_JSON) "data: [DONE]x"),
     STOPPED(COUNTS(5, 7, 12), 1, EVENT(JSON) DONE, "")},
    {"bytes behind [DONE] and CR LF are not taken", NULL,
     TEXT(EVENT(JSON) "data: [DONE]\r\n\r\n\r\n" EVENT(OTHER_JSON)),
     STOPPED(COUNTS(5, 7, 12), 1, EVENT(JSON) "data: [DONE]\r\n\r\n", "")},
    {"bytes behind [DONE] and CR are not taken", NULL, TEXT(EVENT(JSON) "data: [DONE]\r\r\r" EVENT(OTHER_JSON)),
     STOPPED(COUNTS(5, 7, 12), 1, EVENT(JSON) "data: [DONE]\r\r", "")},
    {"bytes behind [DONE], CR and LF are not taken", NULL, TEXT("data: [DONE]\r\r\n\n" EVENT(OTHER_JSON)),
     STOPPED(ABOUT(NOT_FOUND, "usage"), 0, "data: [DONE]\r\r\n", "")},
    {"more lines behind [DONE] in its event are taken", NULL,
     TEXT(EVENT(JSON) "data: [DONE]\ndata: x\n\n" EVENT(OTHER_JSON)), OTHER(2, false)},
    {"[DONE] as a plain body", NULL, TEXT("[DONE]\n\n" EVENT(JSON)), UNREAD(BROKEN)},

    /* ---- plain JSON */
    {"a plain body", NULL, TEXT(JSON), IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"a plain body, pretty-printed", NULL,
     TEXT("{\r\n  \"id\": \"x\",\r\n  \"usage\": {\r\n    \"prompt_tokens\": 5,\r\n    \"completion_tokens\": 7,\r\n"
          "    \"total_tokens\": 12\r\n  }\r\n}\r\n"),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"one per line", NULL, TEXT(JSON "\n" NULL_JSON "\n" OTHER_JSON "\n"),
     IN_TEXTS(COUNTS(1, 2, 3), 2, false, WHOLE, "")},
    {"one after another", NULL, TEXT(NULL_JSON JSON "\t" JSON "[]" OTHER_JSON),
     IN_TEXTS(COUNTS(1, 2, 3), 3, false, WHOLE, "")},
    {"white space before a plain body", NULL, TEXT(" \t\r\n" JSON), IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"a byte-order mark before a plain body", NULL, TEXT(MARK JSON), IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"a byte-order mark and white space before a plain body", NULL, TEXT(MARK " \n" JSON),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"white space and a byte-order mark", NULL, TEXT(" \n" MARK JSON), NONE(false)},
    {"two byte-order marks before a plain body", NULL, TEXT(MARK MARK JSON), NONE(false)},
    {"two bytes of a mark before a plain body", NULL, TEXT("\xEF\xBB" JSON), NONE(false)},
    {"a mark between plain texts", NULL, TEXT(JSON MARK OTHER_JSON), IN_TEXTS(COUNTS(5, 7, 12), 1, false, BROKEN, "")},
    {"a body that is an array", NULL, TEXT("[" JSON "]"), IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"an array first", NULL, TEXT("[1,2]" JSON), IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"other values between", NULL, TEXT("{} 1 -2.5e3\ttrue null \"usage\" false[]" JSON "7"),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"the document itself", "", TEXT("{\"prompt_tokens\":1}\n{\"prompt_tokens\":5}"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 2, false, WHOLE, "")},
    {"a number at the end of a plain body stays open", "", TEXT("{\"prompt_tokens\":5} 7"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, false, WHOLE, "")},
    {"a number closes with what follows", "", TEXT("{\"prompt_tokens\":5} 7\n"),
     IN_TEXTS(ABOUT(TYPE, "usage"), 2, false, WHOLE, "")},
    {"a plain body cut off", NULL, TEXT("{\"usage\":" USAGE), UNREAD(OPEN)},
    {"nothing is read after a malformed text", NULL, TEXT(JSON "\n{\"a\":x}\n" OTHER_JSON),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, BROKEN, "")},
    {"nothing is read behind a malformed text", NULL, TEXT(JSON "," OTHER_JSON),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, BROKEN, "")},
    {"nothing is read after a text cut off", NULL, TEXT("{\"a\":\n" JSON), UNREAD(OPEN)},
    {"a malformed first text", NULL, TEXT("{x}" JSON), UNREAD(BROKEN)},
    {"events after a plain text", NULL, TEXT(JSON "\n\n" EVENT(OTHER_JSON)),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, BROKEN, "")},
    {"a form feed is not white space", NULL, TEXT("\f" JSON), NONE(false)},
    {"a body that begins with a string", "", TEXT("\"usage\"\n" JSON), NONE(false)},
    {"a text whose number is cut off", NULL, TEXT(JSON "\n-"), IN_TEXTS(COUNTS(5, 7, 12), 1, false, OPEN, "")},
    {"a text whose fraction is cut off", NULL, TEXT(JSON "\n1."), IN_TEXTS(COUNTS(5, 7, 12), 1, false, OPEN, "")},
    {"a text whose word is cut off", NULL, TEXT(JSON "\nnul"), IN_TEXTS(COUNTS(5, 7, 12), 1, false, OPEN, "")},
    {"a zero first is a number by itself in a plain body", NULL, TEXT(JSON "\n01 " OTHER_JSON),
     IN_TEXTS(COUNTS(1, 2, 3), 2, false, WHOLE, "")},
    {"a malformed number in a plain body", NULL, TEXT(JSON "\n1.e5 " OTHER_JSON),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, BROKEN, "")},
    {"a line whose text is cut off", NULL, TEXT(JSON "\n{\"usage\":"), IN_TEXTS(COUNTS(5, 7, 12), 1, false, OPEN, "")},
    {"nothing is read after a brace too many", NULL, TEXT(JSON "}" OTHER_JSON),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, BROKEN, "")},

    /* ---- only the place */
    {"in a string", NULL,
     TEXT(EVENT("{\"content\":\"\\\"usage\\\":"
                "{}\"}") EVENT("{\"c\":\"usage\",\"d\":{}}")),
     NONE(false)},
    {"a string that quotes the whole", NULL,
     TEXT(EVENT(JSON) EVENT("{\"content\":\"{\\\"usage\\\":{\\\"prompt_tokens\\\":1}}\"}")), SEEN(1, false)},
    {"in another member", NULL, TEXT(EVENT("{\"x\":" JSON "}")), NONE(false)},
    {"in another member, too", NULL, TEXT(EVENT("{\"x_groq\":" OTHER_JSON ",\"usage\":" USAGE "}")), SEEN(1, false)},
    {"in another member, after", NULL, TEXT(EVENT("{\"usage\":" USAGE ",\"x_groq\":" OTHER_JSON "}")), SEEN(1, false)},
    {"in an array", NULL, TEXT(EVENT("{\"choices\":[" JSON "]}")), NONE(false)},
    {"a usage in a usage", NULL, TEXT(EVENT("{\"usage\":{\"usage\":" USAGE ",\"prompt_tokens\":5}}")), PROMPT(5, 1)},
    {"names that are nearly the same", NULL,
     TEXT(EVENT("{\"Usage\":" USAGE ",\"usage \":" USAGE ",\"usag\":" USAGE ",\"usages\":" USAGE ",\"_usage\":" USAGE
                ",\"\":" USAGE "}")),
     NONE(false)},
    {"a name with an escaped NUL is another", NULL, TEXT(EVENT("{\"usage\\u0000\":" USAGE "}")), NONE(false)},
    {"one letter escaped", NULL, TEXT(EVENT("{\"\\u0075sage\":" USAGE "}")), SEEN(1, false)},
    {"the last letter escaped", NULL, TEXT(EVENT("{\"usag\\u0065\":" USAGE "}")), SEEN(1, false)},
    {"all letters escaped", NULL, TEXT(EVENT("{\"\\u0075\\u0073\\u0061\\u0067\\u0065\":" USAGE "}")), SEEN(1, false)},
    {"hexadecimal digits in capitals", "/no", TEXT(EVENT("{\"\\u006E\\u006f\":" USAGE "}")), SEEN(1, false)},
    {"the escape itself escaped", NULL, TEXT(EVENT("{\"\\\\u0075sage\":" USAGE "}")), NONE(false)},
    {"a pointer of two names", "/response/usage",
     TEXT(EVENT("{\"usage\":" OTHER_USAGE ",\"response\":" JSON ",\"a\":{\"response\":" OTHER_JSON "}}")),
     SEEN(1, false)},
    {"two names, the first not an object", "/response/usage",
     TEXT(EVENT("{\"response\":[" JSON "]}") EVENT("{\"response\":5}") EVENT("{\"response\":null}")), NONE(false)},
    {"a pointer into the usage", "/usage/x", TEXT(EVENT("{\"usage\":{\"x\":" USAGE "}}") EVENT(JSON)), SEEN(1, false)},
    {"the same name for two steps", "/usage/usage", TEXT(EVENT("{\"usage\":" JSON "}") EVENT(JSON)), SEEN(1, false)},
    {"the empty name", "/", TEXT(EVENT("{\"\":" USAGE ",\"usage\":" OTHER_USAGE "}") EVENT("{}")), SEEN(1, false)},
    {"the empty name in itself", "//", TEXT(EVENT("{\"\":{\"\":" USAGE "}}")), SEEN(1, false)},
    {"the whole text", "", TEXT(EVENT(USAGE) "data: null\n\n"), SEEN(1, false)},
    {"a slash in a name", "/a~1b", TEXT(EVENT("{\"a/b\":" USAGE "}") EVENT("{\"a~1b\":" OTHER_USAGE "}")),
     SEEN(1, false)},
    {"a slash in a name, escaped", "/a~1b", TEXT(EVENT("{\"a\\/b\":" USAGE "}")), SEEN(1, false)},
    {"a tilde in a name", "/~0m", TEXT(EVENT("{\"~m\":" USAGE "}")), SEEN(1, false)},
    {"a tilde and a 1", "/~01", TEXT(EVENT("{\"~1\":" USAGE "}") EVENT("{\"/\":" OTHER_USAGE "}")), SEEN(1, false)},
    {"a quote in a name", "/a\"b", TEXT(EVENT("{\"a\\\"b\":" USAGE "}")), SEEN(1, false)},
    {"a backslash in a name", "/a\\b", TEXT(EVENT("{\"a\\\\b\":" USAGE "}")), SEEN(1, false)},
    {"a control character in a name", "/a\nb", TEXT(EVENT("{\"a\\nb\":" USAGE "}")), SEEN(1, false)},
    {"a name that is not ASCII", "/\xC3\xA9t\xC3\xA9", TEXT(EVENT("{\"\xC3\xA9t\xC3\xA9\":" USAGE "}")),
     SEEN(1, false)},
    {"a name that is not ASCII, escaped", "/\xC3\xA9t\xC3\xA9", TEXT(EVENT("{\"\\u00e9t\\u00E9\":" USAGE "}")),
     SEEN(1, false)},
    {"a name beyond 16 bits", "/\xF0\x9F\x92\xB0", TEXT(EVENT("{\"\\ud83d\\udcb0\":" USAGE "}")), SEEN(1, false)},
    {"spaces in a name", "/ u ", TEXT(EVENT("{\" u \":" USAGE "}")), SEEN(1, false)},
    {"white space around everything", NULL, TEXT(EVENT(" { \"usage\" \t:\t" USAGE " } ")), SEEN(1, false)},

    /* ---- twice, null, absent, running */
    {"the place given twice", NULL, TEXT(EVENT(OTHER_JSON) EVENT("{\"usage\":" USAGE ",\"usage\":" USAGE "}")),
     OTHER(1, false)},
    {"twice, null first", NULL, TEXT(EVENT(OTHER_JSON) EVENT("{\"usage\":null,\"usage\":" USAGE "}")), OTHER(1, false)},
    {"twice, null last", NULL, TEXT(EVENT(OTHER_JSON) EVENT("{\"usage\":" USAGE ",\"usage\":null}")), OTHER(1, false)},
    {"twice, spelled differently", NULL, TEXT(EVENT(OTHER_JSON) EVENT("{\"usage\":" USAGE ",\"\\u0075sage\":5}")),
     OTHER(1, false)},
    {"a name on the way given twice", "/r/usage", TEXT(EVENT("{\"r\":" JSON ",\"r\":{}}")), NONE(false)},
    {"twice in a plain text", NULL, TEXT("{\"usage\":" OTHER_USAGE ",\"usage\":" OTHER_USAGE "}" JSON),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"another name given twice", NULL, TEXT(EVENT("{\"a\":1,\"a\":2,\"usage\":" USAGE "}")), SEEN(1, false)},
    {"null in each event except the last", NULL, TEXT(EVENT(NULL_JSON) EVENT(NULL_JSON) EVENT(JSON) DONE),
     SEEN(1, true)},
    {"null leaves the earlier report", NULL, TEXT(EVENT(JSON) EVENT(NULL_JSON) DONE), SEEN(1, true)},
    {"no usage leaves the earlier report", NULL, TEXT(EVENT(JSON) EVENT("{\"choices\":[]}") EVENT("{}") DONE),
     SEEN(1, true)},
    {"null with space around", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\" : null }") EVENT("{\"usage\":\tnull}")),
     SEEN(1, false)},
    {"a word that begins like null", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":nul}") EVENT("{\"usage\":nulls}")),
     SEEN(1, false)},
    {"null, and elsewhere a usage", NULL, TEXT(EVENT("{\"a\":{\"usage\":null},\"usage\":" USAGE "}")), SEEN(1, false)},
    {"running usage", NULL,
     TEXT(EVENT("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1,\"total_tokens\":6}}")
              EVENT("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}") EVENT(JSON) DONE),
     SEEN(3, true)},
    {"a later report has fewer counts", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":6}}")),
     PROMPT(6, 2)},
    {"an object without a count is not a report", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{}}")), SEEN(1, false)},
    {"an object with other members alone is not a report", NULL,
     TEXT(EVENT(JSON) EVENT("{\"usage\":{\"trafficType\":\"ON_DEMAND\",\"x\":{\"prompt_tokens\":1}}}")),
     SEEN(1, false)},
    {"an object whose counts are null is not a report", NULL,
     TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":null,\"input_tokens\":null}}")), SEEN(1, false)},

    /* ---- malformed texts: only they are lost */
    {"not JSON at all", NULL, TEXT(EVENT("hello") EVENT(JSON) EVENT("good-bye") DONE), SEEN(1, true)},
    {"malformed after the report", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":9}}}") EVENT("{}")),
     SEEN(1, false)},
    {"malformed after the report, within the text", NULL,
     TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":9},}") EVENT("{}")), SEEN(1, false)},
    {"malformed in the next line", NULL, TEXT(EVENT(JSON) "data: {\"usage\":{\"prompt_tokens\":9}}\ndata: x\n\n" DONE),
     SEEN(1, true)},
    {"malformed after space", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":9}} \t x x") DONE),
     SEEN(1, true)},
    {"malformed after a first report", NULL, TEXT(EVENT(JSON " x") "data: {}"), NONE(false)},
    {"a taken-back report does not stay in the next", NULL, TEXT(EVENT(OTHER_JSON) EVENT(JSON " x y") EVENT("5")),
     OTHER(1, false)},
    {"two texts in one event", NULL, TEXT(EVENT(OTHER_JSON) EVENT(JSON JSON)), OTHER(1, false)},
    {"two texts in two lines", NULL, TEXT(EVENT(OTHER_JSON) "data: " JSON "\ndata: " JSON "\n\n"), OTHER(1, false)},
    {"white space after the report", NULL, TEXT(EVENT(OTHER_JSON) "data: " JSON " \t\ndata:  \ndata:\t\ndata\n\n"),
     SEEN(2, false)},
    {"NUL after the report", NULL, TEXT(EVENT(OTHER_JSON) "data: " JSON "\0\n\n"), OTHER(1, false)},
    {"a control character in a string", NULL, TEXT(EVENT("{\"a\":\"\t\",\"usage\":" USAGE "}")), NONE(false)},
    {"a broken character in a string", NULL, TEXT(EVENT("{\"a\":\"\xC3\xFF\x80\",\"usage\":" USAGE "}")),
     SEEN(1, false)},
    {"half of a surrogate pair elsewhere", NULL, TEXT(EVENT("{\"a\":\"\\ud83d\",\"\\udcb0\":1,\"usage\":" USAGE "}")),
     SEEN(1, false)},
    {"the error event of a service", NULL, TEXT(EVENT(JSON) "event: error\n" EVENT("{\"error\":{\"code\":500}}")),
     SEEN(1, false)},

    /* ---- what the report says */
    {"a count of 0", NULL, TEXT(EVENT("{\"usage\":{\"prompt_tokens\":0}}")), PROMPT(0, 1)},
    {"the largest count", NULL, TEXT(EVENT("{\"usage\":{\"prompt_tokens\":9007199254740991}}")),
     PROMPT(TOKUSAGE_COUNT_MAX, 1)},
    {"a count too large", NULL, TEXT(EVENT("{\"usage\":{\"prompt_tokens\":9007199254740992}}")),
     WRONG(RANGE, "prompt_tokens", 1)},
    {"a count with an exponent", NULL, TEXT(EVENT("{\"usage\":{\"prompt_tokens\":50e-1}}")), PROMPT(5, 1)},
    {"a count with a fraction", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{\"total_tokens\":1.5}}")),
     WRONG(INTEGER, "total_tokens", 2)},
    {"a count that is not a number", NULL, TEXT(EVENT("{\"usage\":{\"completion_tokens\":\"5\"}}")),
     WRONG(TYPE, "completion_tokens", 1)},
    {"a count given twice", NULL, TEXT(EVENT("{\"usage\":{\"prompt_tokens\":5,\"prompt_tokens\":5}}")),
     WRONG(DUPLICATE, "prompt_tokens", 1)},
    {"a good report after a wrong one", NULL, TEXT(EVENT("{\"usage\":{\"total_tokens\":-1}}") EVENT(JSON)),
     SEEN(2, false)},
    {"a stream does not check whether counts agree", NULL,
     TEXT(EVENT("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}")), OTHER(1, false)},
    {"details", NULL,
     TEXT(EVENT("{\"usage\":{\"prompt_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":4},\"x\":[1,{}],"
                "\"completion_tokens\":7,\"total_tokens\":12,\"queue_time\":0.06}}")),
     IN_EVENTS(COUNTS6(5, 7, 12, 4, ABSENT, ABSENT), 1, false, "")},
    {"an array", NULL, TEXT(EVENT("{\"usage\":[5,7,12]}")), WRONG(TYPE, "usage", 1)},
    {"a number", NULL, TEXT(EVENT("{\"usage\":12}")), WRONG(TYPE, "usage", 1)},
    {"a string", NULL, TEXT(EVENT("{\"usage\":\"null\"}")), WRONG(TYPE, "usage", 1)},
    {"a string that begins with n", NULL, TEXT(EVENT("{\"usage\":\"n\"}")), WRONG(TYPE, "usage", 1)},
    {"true and false", NULL, TEXT(EVENT("{\"usage\":true}") EVENT("{\"usage\":false}")), WRONG(TYPE, "usage", 2)},
    {"a good report after one that is not an object", NULL, TEXT(EVENT("{\"usage\":[]}") EVENT(JSON)), SEEN(2, false)},
    {"white space and a name with NUL", NULL,
     TEXT(EVENT("{\"usage\": { \"a\" : 1 ,\t\"b c\\u0000\" : 2 ,\"prompt_tokens\" :\t5 } }")), PROMPT(5, 1)},
    {"half of a surrogate pair in it", NULL, TEXT(EVENT("{\"usage\":{\"a\":\"\\udcb0\",\"prompt_tokens\":5}}")),
     PROMPT(5, 1)},
    {"half of a surrogate pair in a name", NULL,
     TEXT(EVENT("{\"usage\":{\"\\ud83dprompt_tokens\":4,\"prompt_tokens\\udcb0\":4,\"prompt_tokens\":5}}")),
     PROMPT(5, 1)},
    {"a count of 70 digits", NULL,
     TEXT(EVENT(
         "{\"usage\":{\"prompt_tokens\":5.000000000000000000000000000000000000000000000000000000000000000000000}}")),
     PROMPT(5, 1)},
    {"white space in its strings stays", NULL, TEXT(EVENT("{\"usage\":{\"prompt_ tokens\":4, \"prompt_tokens\" : 5}}")),
     PROMPT(5, 1)},

    {"a report of any length", NULL,
     TEXT(EVENT("{\"usage\":{\"x\":\"" X256 X256 X256 X256 X256 X256 X256 X256 X256 "\",\"prompt_tokens\":5}}")),
     PROMPT(5, 1)},

    /* ---- the known places */
    {"each place by itself", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":12}}\n\n"
          "data: {\"usageMetadata\":{\"prompt_tokens\":11}}\n\n"
          "data: {\"response\":{\"usage\":{\"prompt_tokens\":10}}}\n\n"
          "data: {\"interaction\":{\"usage\":{\"prompt_tokens\":9}}}\n\n"
          "data: {\"delta\":{\"usage\":{\"prompt_tokens\":8}}}\n\n"
          "data: {\"metadata\":{\"usage\":{\"prompt_tokens\":7}}}\n\n"
          "data: {\"response\":{\"usageMetadata\":{\"prompt_tokens\":6}}}\n\n"
          "data: {\"x_groq\":{\"usage\":{\"prompt_tokens\":5}}}\n\n"),
     PROMPT(5, 8)},
    {"the first place that is not null", NULL,
     TEXT("data: {\"x_groq\":{\"usage\":1},\"usage\":null,\"usageMetadata\":null,\"response\":{\"usageMetadata\":2,"
          "\"usage\":{\"prompt_tokens\":5}},\"metadata\":{\"usage\":3}}\n\n"),
     PROMPT(5, 1)},
    {"the first place tells nothing", NULL, TEXT(EVENT(JSON) EVENT("{\"x_groq\":" OTHER_JSON ",\"usage\":{}}")),
     SEEN(1, false)},
    {"the first place does not hold an object", NULL, TEXT(EVENT("{\"x_groq\":" OTHER_JSON ",\"usage\":[]}")),
     WRONG(TYPE, "usage", 1)},
    {"a place that is not the first given twice", NULL,
     TEXT(EVENT("{\"response\":" OTHER_JSON ",\"usage\":" USAGE ",\"response\":{\"usage\":[]}}")), SEEN(1, false)},
    {"a way given twice and nothing before it", NULL,
     TEXT(EVENT(JSON) EVENT("{\"message\":{},\"response\":" OTHER_JSON ",\"message\":{}}")), SEEN(1, false)},
    {"places in places", NULL,
     TEXT(EVENT("{\"message\":{\"response\":" JSON ",\"delta\":" JSON "},\"usages\":" JSON
                ",\"a\":{\"usageMetadata\":1}}")),
     NONE(false)},
    {"a place that is spelled with escapes", NULL,
     TEXT(EVENT("{\"r\\u0065sponse\":{\"usage\\u004detadata\":" USAGE "}}")), SEEN(1, false)},
    {"the root is not a place in events", NULL, TEXT(EVENT("{\"prompt_eval_count\":5,\"eval_count\":7,\"done\":true}")),
     NONE(false)},
    {"the root is a place in plain texts", NULL, TEXT("{\"eval_count\":7,\"prompt_eval_count\":5}\n"),
     IN_TEXTS(COUNTS(5, 7, ABSENT), 1, false, WHOLE, "")},
    {"the root has only two names", NULL, TEXT("{\"prompt_tokens\":5,\"eval_count\":7,\"total_tokens\":12}\n"),
     IN_TEXTS(COUNTS(ABSENT, 7, ABSENT), 1, false, WHOLE, "")},
    {"the root without these two", NULL, TEXT(USAGE "{\"prompt_eval_count\":null}\n"), UNREAD(WHOLE)},
    {"the root comes last", NULL, TEXT("{\"prompt_eval_count\":1,\"x_groq\":" JSON ",\"eval_count\":2}\n"),
     IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "")},
    {"the root is wrong", NULL, TEXT("{\"eval_count\":-1}\n"),
     IN_TEXTS(ABOUT(RANGE, "completion_tokens"), 1, false, WHOLE, "")},

    /* ---- arrays */
    {"the last element with a report", NULL, TEXT(EVENT("[" OTHER_JSON "," JSON ",{\"usage\":{}}," NULL_JSON ",7,[]]")),
     SEEN(1, false)},
    {"a report in an array with more behind it", NULL,
     TEXT(EVENT("{}") EVENT("[" JSON ",{\"a\":\"something else\"}]") EVENT("{}")), SEEN(1, false)},
    {"an array without a report", NULL, TEXT(EVENT(JSON) EVENT("[{},[" OTHER_JSON "],1,null]")), SEEN(1, false)},
    {"an array with a place given twice", NULL,
     TEXT(EVENT(JSON) EVENT("[{\"usage\":1,\"usage\":2}," OTHER_JSON "]")
              EVENT("[" OTHER_JSON ",{\"usage\":1,\"usage\":2}]")),
     SEEN(1, false)},
    {"an array whose last report is wrong", NULL, TEXT(EVENT("[" JSON ",{\"usage\":{\"total_tokens\":\"1\"}}]")),
     WRONG(TYPE, "total_tokens", 1)},
    {"an array and a pointer", "/a/u",
     TEXT(EVENT("[{\"a\":{\"u\":" OTHER_USAGE "}},{\"a\":{\"u\":" USAGE "}},{\"a\":1}]")), SEEN(1, false)},
    {"an array is the whole text", "", TEXT(EVENT("[" USAGE "]")), WRONG(TYPE, "usage", 1)},
    {"an array cut off", NULL, TEXT("[" JSON ",\r\n" OTHER_JSON), UNREAD(OPEN)},
    {"an array with the root as a place", NULL, TEXT("[{\"eval_count\":7},{\"prompt_tokens\":5}]"),
     IN_TEXTS(COUNTS(ABSENT, 7, ABSENT), 1, false, WHOLE, "")},

    /* ---- services, with shortened texts */
    {"OpenAI, chat", NULL,
     TEXT("data: {\"object\":\"chat.completion.chunk\",\"model\":\"gpt-4o-mini\","
          "\"choices\":[{\"delta\":{\"content\":\"\\u00dc\"}}],\"usage\":null}\n\n"
          "data: {\"object\":\"chat.completion.chunk\",\"model\":\"gpt-4o-mini\",\"choices\":[],"
          "\"usage\":{\"prompt_tokens\":13,\"completion_tokens\":5,\"total_tokens\":18,"
          "\"prompt_tokens_details\":{\"cached_tokens\":2,\"audio_tokens\":0},"
          "\"completion_tokens_details\":{\"reasoning_tokens\":1}}}\n\n"
          "data: [DONE]\n\n"),
     IN_EVENTS(COUNTS6(13, 5, 18, 2, ABSENT, 1), 1, true, "gpt-4o-mini")},
    {"OpenAI, responses", NULL,
     TEXT("event: response.created\n"
          "data: {\"type\":\"response.created\",\"response\":{\"model\":\"o3\",\"usage\":null}}\n\n"
          "event: response.completed\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"model\":\"o3-2025\",\"usage\":{\"input_tokens\":9,"
          "\"input_tokens_details\":{\"cached_tokens\":4},\"output_tokens\":6,"
          "\"output_tokens_details\":{\"reasoning_tokens\":5},\"total_tokens\":15}}}\n\n"),
     IN_EVENTS(COUNTS6(9, 6, 15, 4, ABSENT, 5), 1, true, "o3-2025")},
    {"Anthropic", NULL,
     TEXT("event: message_start\n"
          "data: {\"type\":\"message_start\",\"message\":{\"model\":\"claude\",\"usage\":{\"input_tokens\":10,"
          "\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}\n\n"
          "event: ping\n"
          "data: {\"type\":\"ping\"}\n\n"
          "event: message_delta\n"
          "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
          "\"usage\":{\"output_tokens\":15}}\n\n"
          "event: message_stop\n"
          "data: {\"type\":\"message_stop\"}\n\n"),
     IN_EVENTS(COUNTS6(130, 15, ABSENT, 100, 20, ABSENT), 2, true, "claude")},
    {"Gemini, events", NULL,
     TEXT("data: {\"usageMetadata\":{\"promptTokenCount\":8,\"totalTokenCount\":8},\"modelVersion\":\"gemini-2\"}\n\n"
          "data: {\"usageMetadata\":{\"promptTokenCount\":8,\"candidatesTokenCount\":3,\"totalTokenCount\":15,"
          "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":8}],\"thoughtsTokenCount\":4},"
          "\"modelVersion\":\"gemini-2.5\"}\n\n"),
     IN_EVENTS(COUNTS6(8, 7, 15, ABSENT, ABSENT, 4), 2, false, "gemini-2.5")},
    {"Gemini, an array", NULL,
     TEXT("[{\"usageMetadata\":{\"promptTokenCount\":8},\"modelVersion\":\"gemini-1\"}\r\n"
          ",\r\n"
          "{\"usageMetadata\":{\"promptTokenCount\":8,\"toolUsePromptTokenCount\":2,\"cachedContentTokenCount\":3},"
          "\"modelVersion\":\"gemini-2\"}\r\n"
          "]"),
     IN_TEXTS(COUNTS6(10, ABSENT, ABSENT, 3, ABSENT, ABSENT), 1, false, WHOLE, "gemini-2")},
    {"Gemini, interactions", NULL,
     TEXT("data: {\"event_type\":\"interaction.created\",\"interaction\":{\"model\":\"gemini-3\"}}\n\n"
          "data: {\"event_type\":\"interaction.completed\",\"interaction\":{\"usage\":{\"total_input_tokens\":7,"
          "\"total_output_tokens\":2,\"total_thought_tokens\":5,\"total_tool_use_tokens\":1,"
          "\"total_tokens\":15}}}\n\n"),
     IN_EVENTS(COUNTS6(8, 7, 15, ABSENT, ABSENT, 5), 1, true, "gemini-3")},
    {"Cohere", NULL,
     TEXT("data: {\"type\":\"message-start\",\"id\":\"x\"}\n\n"
          "data: {\"type\":\"message-end\",\"delta\":{\"usage\":{\"billed_units\":{\"input_tokens\":1},"
          "\"tokens\":{\"input_tokens\":83,\"output_tokens\":6},\"cached_tokens\":16}}}\n\n"),
     IN_EVENTS(COUNTS6(83, 6, ABSENT, 16, ABSENT, ABSENT), 1, true, "")},
    {"Bedrock", NULL,
     TEXT("{\"messageStop\":{}}\n"
          "{\"metadata\":{\"usage\":{\"inputTokens\":3,\"outputTokens\":4,\"totalTokens\":18,"
          "\"cacheReadInputTokens\":5,\"cacheWriteInputTokens\":6}}}\n"),
     IN_TEXTS(COUNTS6(14, 4, 18, 5, 6, ABSENT), 1, false, WHOLE, "")},
    {"Groq", NULL,
     TEXT("data: {\"model\":\"llama\",\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":5}},"
          "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
          "data: [DONE]\n\n"),
     IN_EVENTS(COUNTS(5, 7, 12), 1, true, "llama")},
    {"Ollama", NULL,
     TEXT("{\"model\":\"llama3\",\"done\":false}\n"
          "{\"model\":\"llama3.2\",\"done\":true,\"prompt_eval_count\":26,\"eval_count\":298}\n"),
     IN_TEXTS(COUNTS(26, 298, ABSENT), 1, true, WHOLE, "llama3.2")},
};

const size_t body_count = LENGTH(bodies);

/* ------------------------------------------------------------------------------------------------ answers */

static const char *kind_name(tokusage_body kind) {
    static const char *const names[] = {"EMPTY", "OPEN", "WHOLE", "BROKEN"};
    return (unsigned)kind < LENGTH(names) ? names[kind] : "not a value of its type";
}

static void expect_reported(const char *what, const tokusage_stream *stream, const verdict *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    tokusage_status status = tokusage_stream_usage(stream, &usage, &error);
    expect_verdict(what, want, status, &error, &usage);

    spoil(&usage, sizeof usage);
    status = tokusage_stream_usage(stream, &usage, NULL);
    expect_verdict(what, want, status, NULL, &usage);
}

/* Into a buffer with room, and into one that is too small by one byte. */
static void expect_model(const char *what, const tokusage_stream *stream, const char *want) {
    char model[140];
    size_t length = strlen(want);
    spoil(model, sizeof model);
    size_t told = tokusage_stream_model(stream, model, sizeof model);
    if (told != length || memcmp(model, want, length + 1) != 0) {
        fail_msg("%s: the model is %s, of %zu bytes, in place of %s", what,
                 shown(model, told < sizeof model ? told : sizeof model), told, want);
    }
    assert_true(spoilt(model + length + 1, sizeof model - length - 1));
    if (length > 0) {
        spoil(model, sizeof model);
        assert_int_equal(tokusage_stream_model(stream, model, length), length);
        assert_memory_equal(model, want, length - 1);
        assert_int_equal(model[length - 1], '\0');
        assert_true(spoilt(model + length, sizeof model - length));
    }
}

void expect_answer(const char *what, const tokusage_stream *stream, const answer *want) {
    expect_reported(what, stream, &want->usage);
    expect_model(what, stream, want->model);
    uint64_t reports = tokusage_stream_reports(stream);
    bool done = tokusage_stream_done(stream);
    tokusage_body kind = tokusage_stream_body(stream);
    if (reports != want->reports || done != want->done || kind != want->body) {
        fail_msg("%s: %llu reports, %s, %s, in place of %llu, %s, %s", what, (unsigned long long)reports,
                 done ? "done" : "not done", kind_name(kind), (unsigned long long)want->reports,
                 want->done ? "done" : "not done", kind_name(want->body));
    }
}

void expect_taken(const char *what, size_t taken, size_t length, const answer *want) {
    size_t wanted = want->taken == ALL ? length : want->taken;
    if (taken != wanted) {
        fail_msg("%s: %zu bytes are taken in place of %zu", what, taken, wanted);
    }
}

/* ------------------------------------------------------------------------------------------------- pieces */

/* Feeds a piece at the edge of unreadable memory. Returns whether it was taken whole. */
static bool feed(tokusage_stream *stream, const char *bytes, size_t length, size_t *taken) {
    size_t now = tokusage_stream_feed(stream, against_the_end(bytes, length), length);
    *taken += now;
    return now == length;
}

static void begin(tokusage_stream *stream, const char *pointer) {
    spoil(stream, sizeof *stream);
    assert_int_equal(tokusage_stream_init(stream, pointer), TOKUSAGE_OK);
}

size_t feed_at_once(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length) {
    size_t taken = 0;
    begin(stream, pointer);
    feed(stream, bytes, length, &taken);
    return taken;
}

size_t feed_bytewise(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length) {
    size_t taken = 0;
    begin(stream, pointer);
    for (size_t i = 0; i < length && feed(stream, bytes + i, 1, &taken); i++) {
    }
    return taken;
}

size_t feed_in_two(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t cut) {
    size_t taken = 0;
    begin(stream, pointer);
    if (feed(stream, bytes, cut, &taken)) {
        feed(stream, bytes + cut, length - cut, &taken);
    }
    return taken;
}

size_t feed_randomly(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t longest) {
    size_t taken = 0;
    begin(stream, pointer);
    for (size_t at = 0; at < length;) {
        size_t piece = random_below(longest + 1);
        piece = piece < length - at ? piece : length - at;
        if (!feed(stream, bytes + at, piece, &taken)) {
            break;
        }
        at += piece;
    }
    return taken;
}

/* ------------------------------------------------------------------------------------------------- in every way */

enum {
    LABEL = 700
};

static void label(char out[LABEL], const char *rule, const char *pointer, span bytes, const char *way, size_t at) {
    (void)snprintf(out, LABEL, "%s: %s in %s, %s %zu", rule, pointer != NULL ? pointer : "NULL",
                   shown(bytes.bytes, bytes.length), way, at);
}

void expect_in_every_way(const char *rule, const char *pointer, span bytes, const answer *want) {
    char what[LABEL];
    tokusage_stream stream;

    size_t taken = feed_at_once(&stream, pointer, bytes.bytes, bytes.length);
    label(what, rule, pointer, bytes, "whole", bytes.length);
    expect_answer(what, &stream, want);
    expect_taken(what, taken, bytes.length, want);

    taken = feed_bytewise(&stream, pointer, bytes.bytes, bytes.length);
    label(what, rule, pointer, bytes, "byte by byte", bytes.length);
    expect_answer(what, &stream, want);
    expect_taken(what, taken, bytes.length, want);

    for (size_t cut = 0; cut <= bytes.length; cut++) {
        taken = feed_in_two(&stream, pointer, bytes.bytes, bytes.length, cut);
        label(what, rule, pointer, bytes, "cut at", cut);
        expect_answer(what, &stream, want);
        expect_taken(what, taken, bytes.length, want);
    }
    for (size_t i = 0; i < 20; i++) {
        taken = feed_randomly(&stream, pointer, bytes.bytes, bytes.length, 1 + i * 3);
        label(what, rule, pointer, bytes, "in random pieces up to", 1 + i * 3);
        expect_answer(what, &stream, want);
        expect_taken(what, taken, bytes.length, want);
    }
}

void expect_after_every_byte(const char *rule, const char *pointer, span bytes) {
    tokusage_stream stream;
    begin(&stream, pointer);
    bool open = true;
    size_t taken = 0;
    for (size_t length = 0; length <= bytes.length; length++) {
        char what[LABEL];
        label(what, rule, pointer, bytes, "so far", length);
        answer want = reference_stream(pointer, bytes.bytes, length);
        expect_answer(what, &stream, &want);
        expect_answer(what, &stream, &want);
        expect_taken(what, taken, length, &want);
        open = open && length < bytes.length && feed(&stream, bytes.bytes + length, 1, &taken);
    }
}

void expect_bodies(const body *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const body *in = &list[i];
        char what[LABEL];
        expect_in_every_way(in->rule, in->pointer, in->bytes, &in->want);

        answer slow = reference_stream(in->pointer, in->bytes.bytes, in->bytes.length);
        tokusage_stream stream;
        size_t taken = feed_at_once(&stream, in->pointer, in->bytes.bytes, in->bytes.length);
        label(what, in->rule, in->pointer, in->bytes, "the reference", 0);
        expect_answer(what, &stream, &slow);
        expect_taken(what, taken, in->bytes.length, &slow);
        expect_after_every_byte(in->rule, in->pointer, in->bytes);
    }
}
