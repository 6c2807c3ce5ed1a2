// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "../unit/temporary_directory.hpp"
#include "capi_arguments.hpp"
#include "expect.hpp"

namespace mml_fuzz {

/// Some handles of one kind, each there or NULL; freed at the end.
template <typename Type, void (*Free)(Type*), std::size_t Count>
class Slots {
public:
    Slots() = default;
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;
    ~Slots() {
        for (Type* handle : handles_) Free(handle);
    }

    /// Mostly one that is there, for calls on NULL all end alike.
    Type* any(Draw& draw) const {
        const std::size_t first = draw.below(Count);
        if (draw.below(16) == 15) return handles_[first];
        for (std::size_t i = 0; i < Count; ++i) {
            if (Type* const handle = handles_[(first + i) % Count]) return handle;
        }
        return nullptr;
    }
    void release(Draw& draw) { put(draw, nullptr); }

    /// A call that writes a handle: on failure what its output points at stays as it was.
    template <typename Call>
    mml_status make(Draw& draw, Call call) {
        if (draw.below(64) == 63) return call(static_cast<Type**>(nullptr));
        Type* const untouched = reinterpret_cast<Type*>(this);
        Type* made = untouched;
        const mml_status status = call(&made);
        expect((status == MML_OK) == (made != untouched && made != nullptr),
               "a handle where the call succeeds, and only there");
        if (status == MML_OK) put(draw, made);
        return status;
    }

private:
    void put(Draw& draw, Type* handle) {
        Type*& slot = handles_[draw.below(Count)];
        Free(slot);
        slot = handle;
    }

    std::array<Type*, Count> handles_{};
};

/// A capacity for `count` numbers, or one fewer. A vector is to be made of it, not shortened to it: what a call writes
/// beyond it is seen where the memory ends there.
inline std::size_t perhaps_fewer(Draw& draw, std::size_t count) { return count - (count > 0 && draw.below(4) == 3 ? 1 : 0); }

/// Files and directories for the calls that take paths; emptied where a sequence of calls has used it.
class Place {
public:
    static constexpr const char* labelled_text =
        "nfeatures,targetclasses,targettype\n2,\"[0,1]\",discrete\nn0,n1,y\n0.5,-1,1\n0,,0\n1,2,1\n0,1,0\n";
    static constexpr const char* unlabelled_text = "nfeatures\n2\nid,n0,n1\n1-0,0.5,-1\n2-0,0,\n";

    void clean() {
        if (!used_) return;
        std::filesystem::remove_all(directory_.path());
        std::filesystem::create_directories(directory_.path());
        std::ofstream(directory_.file("labelled")) << labelled_text;
        std::ofstream(directory_.file("unlabelled")) << unlabelled_text;
        std::ofstream(directory_.file("broken")) << "nfeatures\n2\n\"";
        used_ = false;
    }
    std::string file(const std::string& name) {
        used_ = true;
        return directory_.file(name);
    }

private:
    mml_test::TemporaryDirectory directory_;
    bool used_ = true;
};

inline Place& place_of_calls() {
    static Place place;
    return place;
}

inline void expect_json(const char* text, const void* handle) {
    expect((text != nullptr) == (handle != nullptr), "JSON of each handle");
    expect(text == nullptr || nlohmann::json::accept(text), "JSON");
}

/// A name for each index that is in range, NULL for all others.
inline void expect_name(const char* name, std::int64_t index, std::int64_t count) {
    expect((name != nullptr) == (index >= 0 && index < count), "a name for each index in range");
}

/// The handles that a sequence of calls has made, and the calls, each of which draws its arguments.
class Session {
public:
    explicit Session(Draw& draw);

    /// Draws a call and makes it.
    void step();

private:
    void config();
    void dataset_from_text();
    void dataset_from_file();
    void dataset_from_array();
    void dataset_from_csr();
    void dataset_from_csr_arrays();
    void dataset_select();
    void dataset_target();
    void dataset_texts();
    void dataset_read();
    void train();
    void model_store();
    void model_load();
    void model_read();
    void predict();
    void predict_array();
    void evaluate();
    void report_read();
    void moodle();
    void answer_read();
    void library();
    void release();

    mml_config* options(bool costly);
    std::string path(const char* kind);
    void expect_status(mml_status status);

    Draw& draw_;
    Slots<mml_config, mml_config_free, 2> configs_;
    Slots<mml_dataset, mml_dataset_free, 4> datasets_;
    Slots<mml_model, mml_model_free, 3> models_;
    Slots<mml_report, mml_report_free, 2> reports_;
    Slots<mml_answer, mml_answer_free, 2> answers_;
};

}  // namespace mml_fuzz
