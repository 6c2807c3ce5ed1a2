// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "base/index.hpp"
#include "base/json.hpp"
#include "base/processor.hpp"
#include "base/version.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "learners/network/sgemm.hpp"

namespace {

using namespace mml;

// At the place of minus its number.
constexpr std::array<const char*, 16> status_names = {"MML_OK",
                                                      "MML_INVALID_ARGUMENT",
                                                      "MML_UNKNOWN_OPTION",
                                                      "MML_NOT_FOUND",
                                                      "MML_BAD_DATA",
                                                      "MML_NOT_ENOUGH_DATA",
                                                      "MML_BAD_MODEL",
                                                      "MML_NEWER_FORMAT",
                                                      "MML_MISMATCH",
                                                      "MML_BUFFER_TOO_SMALL",
                                                      "MML_IO",
                                                      "MML_BUSY",
                                                      "MML_LIMIT",
                                                      "MML_CANCELLED",
                                                      "MML_OUT_OF_MEMORY",
                                                      "MML_INTERNAL"};
static_assert(status_names.size() == 1 - MML_INTERNAL);

// The levels of the x86-64 psABI, for which the kernels are compiled; asked of the processor, not of oneDNN, whose own
// question would settle its choice for the process.
const char* instruction_set() {
#if defined(__aarch64__)
    return "aarch64";
#else
    constexpr std::array<const char*, 5> names = {"generic", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
    return item(names, x86_64_level());
#endif
}

std::string build_info() {
    const MatrixLibrary products = matrix_library();
    Json json;
    json["schema"] = 1;
    json["version"] = library_version();
#if defined(__clang__)
    json["compiler"] = "Clang " __clang_version__;
#else
    json["compiler"] = "GCC " __VERSION__;
#endif
    json["oneDNN"] = products.name == "oneDNN" ? products.version : "none";
    json["matrix_products"] = concat(products.name, " ", products.version);
    json["instruction_set"] = instruction_set();
    return json.dump();
}

}  // namespace

int32_t mml_abi_version(void) { return MML_ABI_MAJOR * 1000 + MML_ABI_MINOR; }

const char* mml_version(void) { return mml::library_version(); }

const char* mml_build_info(void) {
    return capi::value_or<const char*>(nullptr, [] {
        static const std::string info = build_info();
        return info.c_str();
    });
}

const char* mml_status_name(mml_status status) {
    const bool known = status <= MML_OK && status >= MML_INTERNAL;
    return known ? item(status_names, -status) : "unknown status";
}

const char* mml_last_error(void) { return capi::last_error(); }
