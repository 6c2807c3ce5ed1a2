// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <vector>

#include "learners/pilot.hpp"
#include "loss_at.hpp"

using namespace mml;

namespace {

// 40 observations, every second one in the first fold. The rival is right about the first 20, and has no view of the rest.
struct PilotFixture {
    SparseRows features{std::vector<float>(1)};
    TrainingSet set;
    std::vector<float> rival_links;

    explicit PilotFixture(Task task) : set{features, {}, task, task == Task::regression ? 0U : 2U, 2, 1} {
        for (std::int32_t i = 0; i < 40; ++i) {
            FoldedObservation observation;
            observation.row = i;
            observation.fold = i % 2;
            observation.count = 1;
            observation.weight = 1;
            observation.class_index = i / 2 % 2;
            observation.value = i / 2 % 2 == 1 ? 1 : -1;
            set.observations.push_back(observation);
            rival_links.push_back(i < 20 ? 2 * truth(i) : 0);
        }
        set.rival = {{loss(rival_links), loss(rival_links)}, rival_links, 0.03};
    }

    static float truth(std::int32_t i) { return i / 2 % 2 == 1 ? 0.5F : -0.5F; }

    // Of the first fold.
    double loss(const std::vector<float>& links) const {
        double sum = 0;
        for (std::size_t i = 0; i < 40; i += 2)
            sum += mml_test::loss_at(set.loss(), std::span<const float>(links).subspan(i, 1), set.observations[i]) / 20;
        return sum;
    }

    double lack(const std::vector<float>& links) const {
        std::vector<float> first;
        for (std::size_t i = 0; i < 40; i += 2) first.push_back(links[i]);
        return Pilot(set).lack(loss(links), first);
    }
};

}  // namespace

TEST_CASE("a member stays that is nearly as good as the rival, or makes a blend better") {
    for (const Task task : {Task::classification, Task::regression}) {
        const PilotFixture fixture(task);
        std::vector<float> worse(40), other(40), useless(40);
        for (std::int32_t i = 0; i < 40; ++i) {
            const auto place = static_cast<std::size_t>(i);
            worse[place] = fixture.rival_links[place] * 0.99F;
            other[place] = PilotFixture::truth(i) * (i < 20 ? -0.6F : 3.0F);
            useless[place] = i / 4 % 2 == 1 ? 1.5F : -1.5F;
        }
        CHECK(fixture.lack(worse) <= 0);
        CHECK(fixture.loss(other) > fixture.set.rival.limit(0));
        CHECK(fixture.lack(other) < 0);
        CHECK(fixture.lack(useless) > 0);
    }
}
