// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.hpp"

namespace mml_test {

/// The status of the Error that the call throws; ok where it throws none.
template <typename Call>
mml::Status status_of(Call call) {
    try {
        call();
    } catch (const mml::Error& error) {
        return error.status();
    }
    return mml::Status::ok;
}

/// The message of the Error that the call throws; empty where it throws none.
template <typename Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const mml::Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace mml_test
