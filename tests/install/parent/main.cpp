// SPDX-License-Identifier: Apache-2.0
#include <moodleml/moodleml.hpp>

int main() { return moodleml::abi_fits() ? 0 : 1; }
