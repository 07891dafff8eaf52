/*
 * The chart for the README: a panel for each of the most important rows, with a bar for each engine. Longer is faster.
 * Each panel has its own linear scale, which begins at 0. So lengths can be compared by eye within a panel.
 */
#include "bench.h"

#include <string.h>

static const struct panel {
    const char *row;
    const char *title;
    const char *unit;
} panels[] = {
    {"null/16k/lf", "Stream, usage null in each event", "GB/s, in 16-KB chunks"},
    {"end/16k/lf", "Stream, usage at the end only", "GB/s, in 16-KB chunks"},
    {"running/16k/lf", "Stream, running usage in each event", "GB/s, in 16-KB chunks"},
    {"null/1400/crlf", "Stream, usage null, CR LF", "GB/s, in chunks of 1,400 bytes"},
    {"short/3", "Streams of three events, seven services", "GB/s, each whole"},
    {"bodies", "2,000 different response bodies", "GB/s"},
    {"again/chat-short", "One short response body again and again", "GB/s"},
    {"decode/three", "One usage object", "million a second"},
};

enum {
    PANELS = sizeof panels / sizeof *panels,
    COLUMNS = 2,
    ROWS = (PANELS + COLUMNS - 1) / COLUMNS,
    PANEL_WIDTH = 430,
    LABEL_WIDTH = 76,
    BAR_WIDTH = 290,
    BAR_STEP = 20,
    BAR_HEIGHT = 14,
    HEAD = 40,
    TOP = 8,
    FOOT = 30
};

static const result *result_of(const struct panel *panel) {
    for (size_t r = 0; r < result_count; r++) {
        if (strcmp(results[r].row.name, panel->row) == 0) {
            return &results[r];
        }
    }
    return NULL;
}

static bool has_bar(const result *result, size_t engine) {
    return result->of[engine].taken && !engines[engine]->floor;
}

static double speed(const result *result, size_t engine) {
    const double time = result->of[engine].median;
    return result->row.short_texts ? 1000 / time : result->bytes / time;
}

static void write_panel(FILE *out, const struct panel *panel, const result *result, int x, int y) {
    double longest = 0;
    for (size_t i = 0; i < engine_count; i++) {
        if (has_bar(result, i) && speed(result, i) > longest) {
            longest = speed(result, i);
        }
    }
    fprintf(out, "<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n", x, y + 14, panel->title);
    fprintf(out, "<text class=\"unit\" x=\"%d\" y=\"%d\">%s</text>\n", x, y + 29, panel->unit);
    int bar = y + HEAD;
    for (size_t i = 0; i < engine_count; i++) {
        if (!has_bar(result, i)) {
            continue;
        }
        const double value = speed(result, i);
        const double width = value / longest * BAR_WIDTH;
        const int middle = bar + BAR_HEIGHT - 3;
        fprintf(out, "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>\n", x + LABEL_WIDTH - 6, middle,
                engines[i]->name);
        fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n",
                i == 0 ? "ours" : "other", x + LABEL_WIDTH, bar, width < 1 ? 1 : width, BAR_HEIGHT);
        fprintf(out, "<text class=\"value\" x=\"%.1f\" y=\"%d\">%.*f</text>\n", x + LABEL_WIDTH + width + 5, middle,
                value < 1 ? 2 : 1, value);
        bar += BAR_STEP;
    }
}

static int bars(void) {
    int count = 0;
    for (size_t i = 0; i < engine_count; i++) {
        count += engines[i]->read && !engines[i]->floor;
    }
    return count;
}

void write_chart(FILE *out) {
    char machine[256];
    processor_name(machine, sizeof machine);
    const int panel_height = HEAD + bars() * BAR_STEP + 18;
    const int width = COLUMNS * PANEL_WIDTH + 10;
    const int height = TOP + ROWS * panel_height + FOOT;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"How fast %s and other JSON libraries find token usage\">\n",
            width, height, width, height, engines[0]->name);
    fprintf(out,
            "<style>\n"
            "text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #24292f }\n"
            ".title { font-size: 14px; font-weight: 600 }\n"
            ".unit { font-size: 11px; fill: #57606a }\n"
            ".name { text-anchor: end }\n"
            ".ours { fill: #0969da }\n"
            ".other { fill: #afb8c1 }\n"
            ".ground { fill: #ffffff }\n"
            "@media (prefers-color-scheme: dark) {\n"
            "text { fill: #e6edf3 } .unit { fill: #9198a1 } .ours { fill: #4493f8 } .other { fill: #656c76 }\n"
            ".ground { fill: #0d1117 } }\n"
            "</style>\n");
    fprintf(out, "<rect class=\"ground\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", width, height);
    for (int i = 0; i < PANELS; i++) {
        const result *const result = result_of(&panels[i]);
        if (result) {
            write_panel(out, &panels[i], result, 16 + i % COLUMNS * PANEL_WIDTH, TOP + i / COLUMNS * panel_height);
        }
    }
    fprintf(out, "<text class=\"unit\" x=\"16\" y=\"%d\">Longer is faster. Medians on one core of %s; %s.</text>\n",
            height - 12, machine, BENCH_COMPILERS);
    fprintf(out, "</svg>\n");
}
