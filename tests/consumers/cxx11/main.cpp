// Adds up two requests, and puts an error into words.
#include <iostream>
#include <string>

#include <tokusage.h>

int main() {
    const std::string first = "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}";
    const std::string second = "{\"prompt_tokens\":1,\"total_tokens\":2.5}";
    tokusage sum = {};
    tokusage usage = {};
    tokusage_error error = {};

    for (int i = 0; i < 2; ++i) {
        if (tokusage_decode(first.data(), first.size(), &usage, nullptr) != TOKUSAGE_OK ||
            tokusage_add(&sum, &usage) != TOKUSAGE_OK) {
            return 1;
        }
    }
    if (tokusage_decode(second.data(), second.size(), &usage, &error) != TOKUSAGE_ERR_INTEGER) {
        return 1;
    }
    std::cout << sum.total_tokens.value << ' ' << error.member << '\n';
    return 0;
}
