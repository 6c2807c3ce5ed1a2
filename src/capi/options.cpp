// SPDX-License-Identifier: Apache-2.0
#include "config/options.hpp"

#include <vector>

#include "base/index.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

std::vector<std::string> descriptions() {
    std::vector<std::string> list;
    list.reserve(option_count);
    for (const Option& option : mml::options()) list.push_back(option_json(option));
    return list;
}

}  // namespace

int32_t mml_option_count(void) { return narrowed<int32_t>(option_count); }

const char* mml_option_describe(int32_t index) {
    return value_or<const char*>(nullptr, [&] {
        static const std::vector<std::string> list = descriptions();
        return name_at(list, index);
    });
}

mml_status mml_config_create(mml_config** out) {
    return guarded([&] {
        given(out, "out");
        hand_over(out, std::make_unique<mml_config>());
    });
}

mml_status mml_config_set(mml_config* config, const char* name, const char* value) {
    return guarded([&] { given(config, "config").values.set(given_text(name, "name"), given_text(value, "value")); });
}

mml_status mml_config_set_list(mml_config* config, const char* list) {
    return guarded([&] { given(config, "config").values.set_list(given_text(list, "list")); });
}

mml_status mml_config_get(const mml_config* config, const char* name, const char** out) {
    return guarded([&] {
        const Config& values = given(config, "config").values;
        const OptionId id = find_option(given_text(name, "name")).id;
        given(out, "out") = values.text(id).c_str();
    });
}

mml_status mml_config_set_ranks(mml_config* config, int32_t rank, int32_t size, mml_all_reduce_fn all_reduce, void* user) {
    return guarded([&] {
        Config& values = given(config, "config").values;
        given(all_reduce, "all_reduce");
        const auto reduce = [=](void* numbers, std::size_t count, Ranks::Number number, Ranks::Operation operation) {
            try {
                return all_reduce(numbers, count, static_cast<mml_data_type>(number), static_cast<mml_operation>(operation),
                                  user);
            } catch (...) {  // the header: an exception that leaves a callback means stop
                return std::int32_t{MML_CANCELLED};
            }
        };
        values.set_ranks(Ranks(rank, size, reduce));
    });
}

void mml_config_free(mml_config* config) { delete config; }
