// SPDX-License-Identifier: Apache-2.0
// The header alone and first, then once more, and each of its templates in use.
#include "moodleml/moodleml.hpp"

static_assert(std::is_nothrow_move_constructible<moodleml::Dataset>::value, "handles are moved");
static_assert(std::is_nothrow_move_assignable<moodleml::Model>::value, "handles are moved");
static_assert(!std::is_copy_constructible<moodleml::Config>::value, "handles are not copied");
static_assert(!std::is_copy_assignable<moodleml::Report>::value, "handles are not copied");

template <typename Number>
mml_array view(const std::vector<Number>& cells) {
    return cells.size() > 1 ? moodleml::table(cells, 1) : moodleml::column(cells);
}

moodleml::Config every_kind_of_option();
moodleml::Config every_kind_of_option() {
    moodleml::Config config{{"trees", "50"}, {"seed", "7"}};
    config.set("threads", 2).set("max_rows", std::int64_t(1) << 40).set("time_limit", 0.5).set("test_share", 0.25F);
    config.set("labelled", true).set("format", "plain").set("target", std::string("price")).set("seed", 8U);
    return config;
}

std::size_t every_data_type(const std::vector<float>& a, const std::vector<double>& b, const std::vector<std::int32_t>& c,
                            const std::vector<std::int64_t>& d);
std::size_t every_data_type(const std::vector<float>& a, const std::vector<double>& b, const std::vector<std::int32_t>& c,
                            const std::vector<std::int64_t>& d) {
    moodleml::Dataset dataset = moodleml::Dataset::from_array(view(a));
    dataset.set_target(view(b));
    dataset.set_classes(view(c), {"no", "yes"});
    dataset.set_weights(view(d));
    dataset.set_times(view(d));
    const auto report = moodleml::Report::cross_validate(dataset, every_kind_of_option());
    return report.render("html").size() + moodleml::Model::train(dataset).bytes().size();
}
