// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include "failure.hpp"
#include "interruption.hpp"

namespace mml::cli {

void check(mml_status status) {
    if (status == MML_OK) return;
    if (status == MML_CANCELLED && Interruption::signal() != 0) Interruption::fail();
    throw Failure(mml_last_error(), status == MML_UNKNOWN_OPTION ? exit_usage : exit_failure);
}

Config default_config() { return made<Config>(mml_config_create); }

void check_library_version() {
    const std::int32_t found = mml_abi_version();
    if (found / 1000 == MML_ABI_MAJOR && found % 1000 >= MML_ABI_MINOR) return;
    const auto text = [](std::int32_t major, std::int32_t minor) {
        return std::to_string(major) + "." + std::to_string(minor);
    };
    throw Failure("the library libmoodleml that was found has ABI " + text(found / 1000, found % 1000) +
                  ", but this program needs " + text(MML_ABI_MAJOR, MML_ABI_MINOR) + " or a later " +
                  std::to_string(MML_ABI_MAJOR) + ".x: reinstall both together");
}

}  // namespace mml::cli
