// SPDX-License-Identifier: Apache-2.0
// Prints libFuzzer's dictionary of the options: every name and choice of their table, and numbers at the edges.
#include <cstdio>
#include <set>
#include <string>

#include "config/options.hpp"

int main() {
    std::set<std::string> words{"yes",
                                "off",
                                "true",
                                "false",
                                "0600",
                                "0777",
                                "077777777777",
                                "1e9",
                                "-1",
                                "0.5",
                                ".5",
                                "5e-1",
                                "1e-400",
                                "1e999",
                                "nan",
                                "inf",
                                "2147483647",
                                "2147483648",
                                "9007199254740991",
                                "9007199254740993",
                                "99999999999999999999",
                                "+1"};
    for (const mml::Option& option : mml::options()) {
        words.insert(std::string(option.name) + "=");
        for (const std::string& choice : mml::choices_of(option)) words.insert(choice);
    }
    for (const std::string& word : words) std::printf("\"%s\"\n", word.c_str());
}
