// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace mml_test {

/// What a message must contain: names, values and a word or two of the reason. The ABI lets the rest of it change.
struct Mentions {
    std::vector<std::string> parts;
};

template <typename... Parts>
Mentions mentions(Parts... parts) {
    return {{parts...}};
}

/// Whether the message is one line that contains all parts.
inline bool operator==(const std::string& message, const Mentions& wanted) {
    return message.find('\n') == std::string::npos && std::ranges::all_of(wanted.parts, [&](const std::string& part) {
               return message.find(part) != std::string::npos;
           });
}

inline std::ostream& operator<<(std::ostream& out, const Mentions& wanted) {
    for (const std::string& part : wanted.parts) out << '<' << part << "> ";
    return out;
}

}  // namespace mml_test
