// SPDX-License-Identifier: Apache-2.0
#include "model/container.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "base/text.hpp"
#include "model/container_header.hpp"
#include "model/gzip.hpp"

namespace mml {

namespace {

constexpr std::size_t length_bytes = 8;
constexpr std::array reserved_names{"format", "format_version", "kind"};

// Between the file's order of bytes, little-endian, and the machine's.
template <typename T>
void swap_where_big_endian(std::vector<T>& values) {
    if constexpr (std::endian::native == std::endian::big) {
        for (T& value : values) {
            const auto bytes = std::as_writable_bytes(std::span(&value, 1));
            std::reverse(bytes.begin(), bytes.end());
        }
    }
}

template <typename T>
void append_numbers(GzipWriter& file, const std::vector<T>& values) {
    const auto append = [&](const std::vector<T>& ordered) {
        file.append({reinterpret_cast<const char*>(ordered.data()), ordered.size() * sizeof(T)});
    };
    if constexpr (std::endian::native == std::endian::little) {
        append(values);
    } else {
        std::vector<T> swapped = values;
        swap_where_big_endian(swapped);
        append(swapped);
    }
}

ContainerHeader header_of(const Container& container, const std::string& kind) {
    ContainerHeader header;
    header.texts = container.texts;
    for (const char* name : reserved_names) {
        if (header.texts.contains(name)) {
            fail(Status::internal, concat("the text ", mml::quote(name), " is the container's own"));
        }
    }
    header.texts.insert({{"format", "moodleml"}, {"format_version", number_text(container.format_version)}, {"kind", kind}});
    std::uint64_t end = 0;
    for (const auto& [name, tensor] : container.tensors.all()) {
        const std::uint64_t size = std::visit([](const auto& values) { return values.size(); }, tensor.values);
        if (number_count(tensor.shape) != size) {
            fail(Status::internal, concat("the shape of tensor ", mml::quote(name), " is wrong"));
        }
        const std::uint64_t begin = std::exchange(end, end + size * number_width(tensor.values.index()));
        header.tensors[name] = {tensor.values.index(), tensor.shape, begin, end};
    }
    return header;
}

// The tensors lie in order of name without gap or overlap, from the first byte behind the header to the last of the file.
void check_ranges(const ContainerHeader& header, std::uint64_t data_size) {
    std::uint64_t end = 0;
    for (const auto& [name, entry] : header.tensors) {
        if (entry.begin != end) {
            refuse_container(concat("tensor ", mml::quote(name), " does not begin where the one before it ends"));
        }
        end = entry.end;
    }
    if (end != data_size) refuse_container("its tensors do not fill it");
}

// What the file, a header's text, its values and the tensors take at most; known before any memory is taken.
void check_memory(std::uint64_t file, std::uint64_t header, std::uint64_t data, const Loading& loading) {
    constexpr std::uint64_t bytes_a_header_byte = 16;
    constexpr std::uint64_t copies_of_tensors = 2;
    if (header > largest_container_header) {
        fail(Status::limit, concat("its header has ", header, " bytes, more than ", largest_container_header,
                                   ": use shorter or fewer names of columns and classes"));
    }
    loading.require(file + bytes_a_header_byte * header + copies_of_tensors * data);
}

ContainerHeader read_header(GzipReader& file, std::uint64_t file_size, const std::string& kind, const Loading& loading) {
    if (file.remaining() < length_bytes) refuse_container("it is too short");
    std::array<char, length_bytes> field{};
    file.read(field);
    const auto length = from_little_endian<std::uint64_t>({field.data(), field.size()});
    if (length > file.remaining() || length % length_bytes != 0) refuse_container("the length of its header does not fit");
    check_memory(file_size, length, file.remaining() - length, loading);
    std::string text(length, ' ');
    file.read(text);
    loading.pause();
    ContainerHeader header = parse_header(text);
    if (header.texts["kind"] != kind) {
        refuse_container(concat("its kind is ", mml::quote(header.texts["kind"]), ", not ", mml::quote(kind)));
    }
    check_ranges(header, file.remaining());
    return header;
}

template <typename T>
Tensor read_numbers(GzipReader& file, const TensorEntry& entry) {
    std::vector<T> values((entry.end - entry.begin) / sizeof(T));
    file.read({reinterpret_cast<char*>(values.data()), values.size() * sizeof(T)});
    swap_where_big_endian(values);
    return {std::move(values), entry.shape};
}

Tensor read_tensor(GzipReader& file, const TensorEntry& entry) {
    constexpr std::array readers{read_numbers<float>, read_numbers<double>, read_numbers<std::int32_t>,
                                 read_numbers<std::int64_t>};
    return readers[entry.type](file, entry);
}

Container read_container(GzipReader& file, std::uint64_t file_size, const std::string& kind, const Loading& loading) {
    ContainerHeader header = read_header(file, file_size, kind, loading);
    loading.pause();
    Container container;
    for (const auto& [name, entry] : header.tensors) container.tensors.insert(name, read_tensor(file, entry));
    container.texts = std::move(header.texts);
    for (const char* name : reserved_names) container.texts.erase(name);
    file.finish();
    return container;
}

// Where the bytes are damaged that is what the caller is told, not what the damage looks like.
Container read_checked(GzipReader& file, std::uint64_t file_size, const std::string& kind, const Loading& loading) {
    try {
        return read_container(file, file_size, kind, loading);
    } catch (const Error& error) {
        if (error.status() == Status::cancelled) throw;
        file.finish();
        throw;
    }
}

}  // namespace

std::string container_bytes(const Container& container, const std::string& kind, int compression,
                            std::function<void()> meanwhile) {
    const std::string header = header_text(header_of(container, kind));
    std::string length;
    append_little_endian(length, std::uint64_t{header.size()});
    GzipWriter file(compression, std::move(meanwhile));
    file.append(length);
    file.append(header);
    for (const auto& [name, tensor] : container.tensors.all()) {
        std::visit([&](const auto& values) { append_numbers(file, values); }, tensor.values);
    }
    return file.finish();
}

Container container_from_bytes(std::string_view bytes, const std::string& kind, const std::string& name, std::uint64_t limit,
                               const Loading& loading) {
    constexpr std::size_t longest_name_shown = 1024;
    try {
        GzipReader file(bytes, limit, [&loading] { loading.pause(); });
        return read_checked(file, bytes.size(), kind, loading);
    } catch (const Error& error) {
        fail(error.status(), concat(mml::quote(name, longest_name_shown), ": ", error.what()));
    }
}

}  // namespace mml
