/* Response bodies and their answers; see bodies.h. The rules are those of WHATWG HTML section 9.2.6 and tokusage.h. */
#include "bodies.h"

#include <string.h>

#define USAGE "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}"
#define JSON "{\"usage\":" USAGE "}"
#define OTHER_JSON "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}"
#define NULL_JSON "{\"choices\":[],\"usage\":null}"
#define EVENT(text) "data: " text "\n\n"
#define DONE EVENT("[DONE]")
#define MARK "\xEF\xBB\xBF"

#define NONE(done)                                                                                                     \
    { ABOUT(NOT_FOUND, "usage"), 0, (done) }
#define SEEN(reports, done)                                                                                            \
    { COUNTS(5, 7, 12), (reports), (done) }
#define OTHER(reports, done)                                                                                           \
    { COUNTS(1, 2, 3), (reports), (done) }
#define PROMPT(value, reports)                                                                                         \
    { COUNTS((value), ABSENT, ABSENT), (reports), false }
#define WRONG(name, who, reports)                                                                                      \
    { ABOUT(name, who), (reports), false }
#define WRONG_AT(where, reports)                                                                                       \
    { AT(SYNTAX, where), (reports), false }

const body bodies[] = {
    /* ---- nothing */
    {"an empty body", NULL, TEXT(""), NONE(false)},
    {"white space", NULL, TEXT(" \t\r\n\n  "), NONE(false)},
    {"a byte-order mark", NULL, TEXT(MARK), NONE(false)},
    {"half of one", NULL, TEXT("\xEF\xBB"), NONE(false)},
    {"a page", NULL, TEXT("<html>\n\n<p>data: 502</p>\n\n</html>\n"), NONE(false)},
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
    {"line ends that are none", NULL, TEXT("data: " JSON "\v\f\xC2\x85\xE2\x80\xA8\n\n"), NONE(false)},

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
    {"data without a colon, inside a string", NULL, TEXT("data: {\"a\":\"\ndata\ndata: \",\"usage\":{}}\n\n"),
     NONE(false)},
    {"data lines with nothing in them", NULL, TEXT("data:\ndata: \ndata: " JSON "\ndata:\ndata: \n\n"), SEEN(1, false)},
    {"an event without data between", NULL, TEXT(EVENT(JSON) "event: ping\n\n" DONE), SEEN(1, true)},

    /* ---- several lines */
    {"a text over several lines", NULL,
     TEXT("data: {\ndata:   \"usage\": {\ndata:     \"prompt_tokens\": 5,\ndata:     \"completion_tokens\": 7,\n"
          "data:     \"total_tokens\": 12\ndata:   }\ndata: }\n\n"),
     SEEN(1, false)},
    {"an LF joins the lines: a number ends", NULL, TEXT("data: {\"usage\":{\"prompt_tokens\":1\ndata: 2}}\n\n"),
     NONE(false)},
    {"an LF joins the lines: a number ends at the top", "", TEXT("data: 1\ndata: 2\n\n"), NONE(false)},
    {"an LF joins the lines: a word ends", NULL, TEXT("data: {\"a\":tr\ndata: ue,\"usage\":{}}\n\n"), NONE(false)},
    {"an LF joins the lines: a name cannot hold one", NULL, TEXT("data: {\"usa\ndata: ge\":" USAGE "}\n\n"),
     NONE(false)},
    {"other lines between", NULL, TEXT("data: {\"usage\":\n: x\nid: 7\ndata: " USAGE "\nevent: y\ndata: }\n\n"),
     SEEN(1, false)},
    {"the name in another line than its colon", NULL, TEXT("data: {\"usage\"\ndata: :" USAGE "}\n\n"), SEEN(1, false)},
    {"the name in another line than its value", NULL, TEXT("data: {\"usage\": \ndata: " USAGE "}\n\n"), SEEN(1, false)},
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
    {"two bytes of a mark in place of two", NULL,
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
    {"[DONE] behind what is nearly data", NULL, TEXT("datax {\ndata: [DONE]\n\n" EVENT(JSON)), NONE(true)},
    {"[DONE] and a bare name that is nearly data", NULL, TEXT("data: [DONE]\ndat\nd\ndatax\n\n"), NONE(true)},
    {"[DONE] twice", NULL, TEXT(DONE DONE), NONE(true)},
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
    {"what follows [DONE] is ignored", NULL, TEXT(EVENT(JSON) DONE EVENT(OTHER_JSON) "data: [DONE]x"), SEEN(1, true)},
    {"what follows [DONE] in its event is not", NULL, TEXT(EVENT(JSON) "data: [DONE]\ndata: x\n\n" EVENT(OTHER_JSON)),
     OTHER(2, false)},
    {"[DONE] as a plain body", NULL, TEXT("[DONE]\n\n" EVENT(JSON)), NONE(false)},

    /* ---- plain JSON */
    {"a plain body", NULL, TEXT(JSON), SEEN(1, false)},
    {"a plain body, pretty-printed", NULL,
     TEXT("{\r\n  \"id\": \"x\",\r\n  \"usage\": {\r\n    \"prompt_tokens\": 5,\r\n    \"completion_tokens\": 7,\r\n"
          "    \"total_tokens\": 12\r\n  }\r\n}\r\n"),
     SEEN(1, false)},
    {"one per line", NULL, TEXT(JSON "\n" NULL_JSON "\n" OTHER_JSON "\n"), OTHER(2, false)},
    {"one after another", NULL, TEXT(NULL_JSON JSON "\t" JSON "[]" OTHER_JSON), OTHER(3, false)},
    {"white space before a plain body", NULL, TEXT(" \t\r\n" JSON), SEEN(1, false)},
    {"a byte-order mark before a plain body", NULL, TEXT(MARK JSON), SEEN(1, false)},
    {"a byte-order mark and white space", NULL, TEXT(MARK " \n" JSON), SEEN(1, false)},
    {"white space and a byte-order mark", NULL, TEXT(" \n" MARK JSON), NONE(false)},
    {"two byte-order marks before a plain body", NULL, TEXT(MARK MARK JSON), NONE(false)},
    {"two bytes of a mark before a plain body", NULL, TEXT("\xEF\xBB" JSON), NONE(false)},
    {"a mark between plain texts", NULL, TEXT(JSON MARK OTHER_JSON), SEEN(1, false)},
    {"a body that is an array", NULL, TEXT("[" JSON "]"), NONE(false)},
    {"an array first", NULL, TEXT("[1,2]" JSON), SEEN(1, false)},
    {"other values between", NULL, TEXT("{} 1 -2.5e3\ttrue null \"usage\" false[]" JSON "7"), SEEN(1, false)},
    {"the document itself", "", TEXT("{\"prompt_tokens\":1}\n{\"prompt_tokens\":5}"), PROMPT(5, 2)},
    {"a number at the end of a plain body stays open", "", TEXT("{\"prompt_tokens\":5} 7"), PROMPT(5, 1)},
    {"a number closes with what follows", "", TEXT("{\"prompt_tokens\":5} 7\n"), WRONG(TYPE, "usage", 2)},
    {"a plain body cut off", NULL, TEXT("{\"usage\":" USAGE), NONE(false)},
    {"nothing is read after a malformed text", NULL, TEXT(JSON "\n{\"a\":x}\n" OTHER_JSON), SEEN(1, false)},
    {"nothing is read after what is no text", NULL, TEXT(JSON "," OTHER_JSON), SEEN(1, false)},
    {"nothing is read after a text cut off", NULL, TEXT("{\"a\":\n" JSON), NONE(false)},
    {"a malformed first text", NULL, TEXT("{x}" JSON), NONE(false)},
    {"events after a plain text", NULL, TEXT(JSON "\n\n" EVENT(OTHER_JSON)), SEEN(1, false)},
    {"a form feed is no white space", NULL, TEXT("\f" JSON), NONE(false)},
    {"a body that begins with a string", "", TEXT("\"usage\"\n" JSON), NONE(false)},

    /* ---- only the place */
    {"in a string", NULL,
     TEXT(EVENT("{\"content\":\"\\\"usage\\\":"
                "{}\"}") EVENT("{\"c\":\"usage\",\"d\":{}}")),
     NONE(false)},
    {"a string that quotes the whole", NULL,
     TEXT(EVENT(JSON) EVENT("{\"content\":\"{\\\"usage\\\":{\\\"prompt_tokens\\\":1}}\"}")), SEEN(1, false)},
    {"in another member", NULL, TEXT(EVENT("{\"x_groq\":" JSON "}")), NONE(false)},
    {"in another member, too", NULL, TEXT(EVENT("{\"x_groq\":" OTHER_JSON ",\"usage\":" USAGE "}")), SEEN(1, false)},
    {"in another member, after", NULL, TEXT(EVENT("{\"usage\":" USAGE ",\"x_groq\":" OTHER_JSON "}")), SEEN(1, false)},
    {"in an array", NULL, TEXT(EVENT("[" JSON "]") EVENT("{\"choices\":[" JSON "]}")), NONE(false)},
    {"in itself", NULL, TEXT(EVENT("{\"usage\":{\"usage\":" USAGE ",\"prompt_tokens\":5}}")), PROMPT(5, 1)},
    {"names that are nearly it", NULL,
     TEXT(EVENT("{\"Usage\":" USAGE ",\"usage \":" USAGE ",\"usag\":" USAGE ",\"usages\":" USAGE ",\"_usage\":" USAGE
                ",\"\":" USAGE "}")),
     NONE(false)},
    {"a name with an escaped NUL", NULL, TEXT(EVENT("{\"usage\\u0000\":" USAGE "}")), NONE(false)},
    {"one letter escaped", NULL, TEXT(EVENT("{\"\\u0075sage\":" USAGE "}")), SEEN(1, false)},
    {"the last letter escaped", NULL, TEXT(EVENT("{\"usag\\u0065\":" USAGE "}")), SEEN(1, false)},
    {"all letters escaped", NULL, TEXT(EVENT("{\"\\u0075\\u0073\\u0061\\u0067\\u0065\":" USAGE "}")), SEEN(1, false)},
    {"hexadecimal digits in capitals", "/no", TEXT(EVENT("{\"\\u006E\\u006f\":" USAGE "}")), SEEN(1, false)},
    {"the escape itself escaped", NULL, TEXT(EVENT("{\"\\\\u0075sage\":" USAGE "}")), NONE(false)},
    {"a pointer of two names", "/response/usage",
     TEXT(EVENT("{\"usage\":{},\"response\":" JSON ",\"a\":{\"response\":" OTHER_JSON "}}")), SEEN(1, false)},
    {"a pointer of two names and no object", "/response/usage",
     TEXT(EVENT("{\"response\":[" JSON "]}") EVENT("{\"response\":5}") EVENT("{\"response\":null}")), NONE(false)},
    {"a pointer into the usage", "/usage/x", TEXT(EVENT("{\"usage\":{\"x\":" USAGE "}}") EVENT(JSON)), SEEN(1, false)},
    {"the same name twice on the way", "/usage/usage", TEXT(EVENT("{\"usage\":" JSON "}") EVENT(JSON)), SEEN(1, false)},
    {"the empty name", "/", TEXT(EVENT("{\"\":" USAGE ",\"usage\":{}}") EVENT("{}")), SEEN(1, false)},
    {"the empty name in itself", "//", TEXT(EVENT("{\"\":{\"\":" USAGE "}}")), SEEN(1, false)},
    {"the whole text", "", TEXT(EVENT(USAGE) "data: null\n\n"), SEEN(1, false)},
    {"a slash in a name", "/a~1b", TEXT(EVENT("{\"a/b\":" USAGE "}") EVENT("{\"a~1b\":{}}")), SEEN(1, false)},
    {"a slash in a name, escaped", "/a~1b", TEXT(EVENT("{\"a\\/b\":" USAGE "}")), SEEN(1, false)},
    {"a tilde in a name", "/~0m", TEXT(EVENT("{\"~m\":" USAGE "}")), SEEN(1, false)},
    {"a tilde and a 1", "/~01", TEXT(EVENT("{\"~1\":" USAGE "}") EVENT("{\"/\":{}}")), SEEN(1, false)},
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
    {"twice in a plain text", NULL, TEXT("{\"usage\":{},\"usage\":{}}" JSON), SEEN(1, false)},
    {"another name given twice", NULL, TEXT(EVENT("{\"a\":1,\"a\":2,\"usage\":" USAGE "}")), SEEN(1, false)},
    {"null in each event but the last", NULL, TEXT(EVENT(NULL_JSON) EVENT(NULL_JSON) EVENT(JSON) DONE), SEEN(1, true)},
    {"null leaves what was there", NULL, TEXT(EVENT(JSON) EVENT(NULL_JSON) DONE), SEEN(1, true)},
    {"absent leaves what was there", NULL, TEXT(EVENT(JSON) EVENT("{\"choices\":[]}") EVENT("{}") DONE), SEEN(1, true)},
    {"null with space around", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\" : null }") EVENT("{\"usage\":\tnull}")),
     SEEN(1, false)},
    {"what begins as null does", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":nul}") EVENT("{\"usage\":nulls}")),
     SEEN(1, false)},
    {"null, and elsewhere a usage", NULL, TEXT(EVENT("{\"a\":{\"usage\":null},\"usage\":" USAGE "}")), SEEN(1, false)},
    {"running usage", NULL,
     TEXT(EVENT("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1,\"total_tokens\":6}}")
              EVENT("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}") EVENT(JSON) DONE),
     SEEN(3, true)},
    {"a later report has less in it", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{\"prompt_tokens\":6}}")), PROMPT(6, 2)},
    {"a later report is empty", NULL, TEXT(EVENT(JSON) EVENT("{\"usage\":{}}")), PROMPT(ABSENT, 2)},

    /* ---- malformed texts cost themselves */
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
    {"half of a surrogate pair elsewhere", NULL, TEXT(EVENT("{\"a\":\"\\ud83d\",\"usage\":" USAGE "}")),
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
    {"a count that is no number", NULL, TEXT(EVENT("{\"usage\":{\"completion_tokens\":\"5\"}}")),
     WRONG(TYPE, "completion_tokens", 1)},
    {"a count given twice", NULL, TEXT(EVENT("{\"usage\":{\"prompt_tokens\":5,\"prompt_tokens\":5}}")),
     WRONG(DUPLICATE, "prompt_tokens", 1)},
    {"a good report after a wrong one", NULL, TEXT(EVENT("{\"usage\":{\"total_tokens\":-1}}") EVENT(JSON)),
     SEEN(2, false)},
    {"a contradiction is not the stream's business", NULL,
     TEXT(EVENT("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}")), OTHER(1, false)},
    {"details", NULL,
     TEXT(EVENT("{\"usage\":{\"prompt_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":4},\"x\":[1,{}],"
                "\"completion_tokens\":7,\"total_tokens\":12,\"queue_time\":0.06}}")),
     SEEN(1, false)},
    {"an array", NULL, TEXT(EVENT("{\"usage\":[5,7,12]}")), WRONG(TYPE, "usage", 1)},
    {"a number", NULL, TEXT(EVENT("{\"usage\":12}")), WRONG(TYPE, "usage", 1)},
    {"a string", NULL, TEXT(EVENT("{\"usage\":\"null\"}")), WRONG(TYPE, "usage", 1)},
    {"a string that begins with n", NULL, TEXT(EVENT("{\"usage\":\"n\"}")), WRONG(TYPE, "usage", 1)},
    {"true and false", NULL, TEXT(EVENT("{\"usage\":true}") EVENT("{\"usage\":false}")), WRONG(TYPE, "usage", 2)},
    {"a good report after one that is no object", NULL, TEXT(EVENT("{\"usage\":[]}") EVENT(JSON)), SEEN(2, false)},
    {"an offset counts without white space", NULL, TEXT(EVENT("{\"usage\": { \"a\" : 1 ,\t\"b c\\u0000\" : 2 } }")),
     WRONG_AT(11, 1)},
    {"half of a surrogate pair in it", NULL, TEXT(EVENT("{\"usage\":{\"a\":\"\\udcb0\"}}")), WRONG_AT(6, 1)},
    {"white space in its strings stays", NULL, TEXT(EVENT("{\"usage\":{\"prompt_ tokens\":4, \"prompt_tokens\" : 5}}")),
     PROMPT(5, 1)},
};

const size_t body_count = LENGTH(bodies);

/* ------------------------------------------------------------------------------------------------ answers */

void expect_answer(const char *what, const tokusage_stream *stream, const answer *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    tokusage_status status = tokusage_stream_usage(stream, &usage, &error);
    expect_verdict(what, &want->usage, status, &error, &usage);

    spoil(&usage, sizeof usage);
    status = tokusage_stream_usage(stream, &usage, NULL);
    expect_verdict(what, &want->usage, status, NULL, &usage);

    uint64_t reports = tokusage_stream_reports(stream);
    bool done = tokusage_stream_done(stream);
    if (reports != want->reports || done != want->done) {
        fail_msg("%s: %llu reports, %s, in place of %llu, %s", what, (unsigned long long)reports,
                 done ? "done" : "not done", (unsigned long long)want->reports, want->done ? "done" : "not done");
    }
}

/* ------------------------------------------------------------------------------------------------- pieces */

/* A piece stands at the edge of memory that cannot be read. */
static void feed(tokusage_stream *stream, const char *bytes, size_t length) {
    tokusage_stream_feed(stream, against_the_end(bytes, length), length);
}

static void begin(tokusage_stream *stream, const char *pointer) {
    spoil(stream, sizeof *stream);
    assert_int_equal(tokusage_stream_init(stream, pointer), TOKUSAGE_OK);
}

void feed_at_once(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length) {
    begin(stream, pointer);
    feed(stream, bytes, length);
}

void feed_bytewise(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length) {
    begin(stream, pointer);
    for (size_t i = 0; i < length; i++) {
        feed(stream, bytes + i, 1);
    }
}

void feed_in_two(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t cut) {
    begin(stream, pointer);
    feed(stream, bytes, cut);
    feed(stream, bytes + cut, length - cut);
}

void feed_randomly(tokusage_stream *stream, const char *pointer, const char *bytes, size_t length, size_t longest) {
    begin(stream, pointer);
    for (size_t at = 0; at < length;) {
        size_t piece = random_below(longest + 1);
        piece = piece < length - at ? piece : length - at;
        feed(stream, bytes + at, piece);
        at += piece;
    }
}
