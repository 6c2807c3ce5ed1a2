// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <moodleml/moodleml.hpp>
#include <string>

#include "commands.hpp"
#include "json_access.hpp"
#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

std::string abi_version() {
    const std::int32_t version = moodleml::abi_version();
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000);
}

Json version_json() {
    Json json = Json::parse(moodleml::build_info());
    json["abi"] = abi_version();
    return json;
}

std::string version_text(const Json& version) {
    std::string text = "moodleml " + version.at("version").get<std::string>() + "\n";
    Table table({0, 1});
    for (const auto& [name, value] : version.items()) {
        if (name != "version" && name != "schema")
            table.add_row({name, value.is_string() ? value.get<std::string>() : value.dump()});
    }
    return text + table.text("  ");
}

}  // namespace

void add_version(CLI::App& program) {
    const auto form = std::make_shared<std::string>();
    CLI::App* command = add_command(program, "version", "Shows the version of the library and how it was built.",
                                    "  moodleml version\n"
                                    "  moodleml version --as json");
    add_form_option(*command, *form, {"text", "json"});
    command->callback([form] {
        const Json version = version_json();
        print(*form == "json" ? version.dump() + "\n" : version_text(version));
    });
}

}  // namespace mml::cli
