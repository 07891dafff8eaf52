/* JSON Pointers; see pointer.h. */
#include "pointer.h"

bool tokusage_pointer_valid(const char *pointer) {
    if (!pointer || (*pointer != '\0' && *pointer != '/')) {
        return false;
    }
    for (; *pointer != '\0'; pointer++) {
        if (*pointer == '~' && pointer[1] != '0' && pointer[1] != '1') {
            return false;
        }
    }
    return true;
}

/* What follows the name in the pointer, or NULL when another name is there. */
static const char *match(const char *pointer, const char *name, size_t length) {
    for (; length > 0 && *pointer != '/'; length--) {
        const bool escaped = *pointer == '~';
        const char escape = pointer[escaped] == '0' ? '~' : '/';
        if (*pointer == '\0' || *name != (escaped ? escape : *pointer)) {
            return NULL;
        }
        pointer += escaped ? 2 : 1;
        name++;
    }
    return length == 0 && (*pointer == '\0' || *pointer == '/') ? pointer : NULL;
}

/* Where the name after the first `names` ones begins. */
static const char *step(const char *pointer, unsigned names) {
    for (pointer++; names > 0; names--) {
        pointer = strchr(pointer, '/') + 1;
    }
    return pointer;
}

tokusage_key tokusage_pointer_name(const char *pointer, unsigned names, const char *name, size_t length) {
    const char *const rest = *pointer != '\0' ? match(step(pointer, names), name, length) : NULL; /* "" asks of none */
    return !rest ? 0 : *rest == '\0' ? KEY_BASE : KEY_WAY;
}

/* ---- several */

tokusage_key tokusage_pointers_name(tokusage_pointers *pointers, const char *name, size_t length) {
    tokusage_key any = 0;
    for (size_t i = 0; i < pointers->count; i++) {
        const bool here = pointers->each[i].names == pointers->level;
        const char *const pointer = pointers->values[i].pointer;
        pointers->each[i].key = here ? tokusage_pointer_name(pointer, pointers->level, name, length) : 0;
        any |= pointers->each[i].key;
    }
    return any != 0 ? KEY_BASE : 0;
}

void tokusage_pointers_value(tokusage_pointers *pointers, const char *at) {
    pointers->opens = false;
    for (tokusage_pointer *p = pointers->each; p < pointers->each + pointers->count; p++) {
        if (p->key == KEY_BASE) {
            p->twice = p->found != NULL;
            p->found = at;
        } else if (p->key == KEY_WAY && *at == '{') {
            p->names++;
            pointers->opens = true;
        }
    }
    pointers->level = (uint16_t)(pointers->level + pointers->opens);
}

void tokusage_pointers_close(tokusage_pointers *pointers) {
    if (pointers->level == 0) {
        return; /* it was the document */
    }
    for (tokusage_pointer *p = pointers->each; p < pointers->each + pointers->count; p++) {
        p->names = (uint16_t)(p->names - (p->names == pointers->level));
    }
    pointers->level--;
}
