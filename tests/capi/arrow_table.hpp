// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "moodleml/arrow.h"

namespace capi_test {

/// An Arrow table in memory whose parts count how often they are released.
class ArrowTable {
public:
    void add(const char* format, const char* name, std::vector<const void*> buffers) {
        ArrowSchema& schema = schemas_.emplace_back();
        schema = {format, name, nullptr, ARROW_FLAG_NULLABLE, 0, nullptr, nullptr, release_part<ArrowSchema>, &released};
        buffers_.push_back(std::move(buffers));
    }
    void add_dictionary(const char* name, const void* places, std::vector<const void*> texts, std::int64_t count) {
        add("c", name, {nullptr, places});
        texts_ = std::move(texts);
        dictionary_schema_ = {"u", "", nullptr, 0, 0, nullptr, nullptr, release_part<ArrowSchema>, &released};
        dictionary_ = {count, 0, 0, 3, 0, texts_.data(), nullptr, nullptr, release_part<ArrowArray>, &released};
        schemas_.back().dictionary = &dictionary_schema_;
        dictionary_place_ = schemas_.size() - 1;
    }

    // Rows first ... first + rows - 1 of what was added, batch after batch of `batch` rows.
    ArrowArrayStream stream(std::int64_t rows, std::int64_t batch, std::int64_t first = 0) {
        rows_ = first + rows;
        next_ = first;
        batch_ = batch;
        return {get_schema, get_next, last_error, release_stream, this};
    }

    int released = 0;
    int streams_released = 0;
    bool fails = false;
    std::array<const void*, 1> whole_rows = {nullptr};  ///< a bit of each row of a batch: 0 where it is null as a whole
    std::function<void(ArrowSchema&)> spoil_schema = [](ArrowSchema&) {};  ///< changes what the stream gives
    std::function<void(ArrowArray&)> spoil_batch = [](ArrowArray&) {};

private:
    template <typename Part>
    static void release_part(Part* part) {
        ++*static_cast<int*>(part->private_data);
        part->release = nullptr;
    }
    static ArrowTable& self(ArrowArrayStream* stream) { return *static_cast<ArrowTable*>(stream->private_data); }

    static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
        ArrowTable& table = self(stream);
        table.schema_children_.clear();
        for (ArrowSchema& schema : table.schemas_) table.schema_children_.push_back(&schema);
        *out = {"+s",
                "",
                nullptr,
                0,
                static_cast<std::int64_t>(table.schemas_.size()),
                table.schema_children_.data(),
                nullptr,
                release_part<ArrowSchema>,
                &table.released};
        table.spoil_schema(*out);
        return 0;
    }
    static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
        ArrowTable& table = self(stream);
        if (table.fails) return 5;
        std::memset(out, 0, sizeof *out);
        if (table.next_ == table.rows_) return 0;
        const std::int64_t count = std::min(table.batch_, table.rows_ - table.next_);
        table.arrays_.clear();
        table.children_.clear();
        for (std::size_t i = 0; i < table.schemas_.size(); ++i) {
            const auto buffers = static_cast<std::int64_t>(table.buffers_[i].size());
            ArrowArray* const dictionary = i == table.dictionary_place_ ? &table.dictionary_ : nullptr;
            table.arrays_.push_back({count, -1, table.next_, buffers, 0, table.buffers_[i].data(), nullptr, dictionary,
                                     release_part<ArrowArray>, &table.released});
        }
        for (ArrowArray& array : table.arrays_) table.children_.push_back(&array);
        *out = {count,
                table.whole_rows[0] == nullptr ? 0 : -1,
                0,
                1,
                static_cast<std::int64_t>(table.children_.size()),
                table.whole_rows.data(),
                table.children_.data(),
                nullptr,
                release_part<ArrowArray>,
                &table.released};
        table.next_ += count;
        table.spoil_batch(*out);
        return 0;
    }
    static const char* last_error(ArrowArrayStream*) { return "the disk is gone"; }
    static void release_stream(ArrowArrayStream* stream) {
        ++self(stream).streams_released;
        stream->release = nullptr;
    }

    std::deque<ArrowSchema> schemas_;
    std::vector<ArrowSchema*> schema_children_;
    std::deque<std::vector<const void*>> buffers_;
    std::vector<const void*> texts_;
    ArrowSchema dictionary_schema_ = {};
    ArrowArray dictionary_ = {};
    std::size_t dictionary_place_ = std::numeric_limits<std::size_t>::max();
    std::deque<ArrowArray> arrays_;
    std::vector<ArrowArray*> children_;
    std::int64_t rows_ = 0;
    std::int64_t next_ = 0;
    std::int64_t batch_ = 1;
};

}  // namespace capi_test
