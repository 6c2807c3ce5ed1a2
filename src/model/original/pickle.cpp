// SPDX-License-Identifier: Apache-2.0
#include "model/original/pickle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/index.hpp"
#include "base/text.hpp"
#include "model/original/byte_cursor.hpp"
#include "model/original/numpy_array.hpp"

namespace mml {

namespace {

// A classifier takes about a hundred.
constexpr int most_instructions = 10000;
constexpr std::uint64_t longest_text = 4096;

constexpr std::array known_globals{original_classifier_type, numpy_array_wrapper_type, numpy_array_type, numpy_type_type};

// As pickletools names them.
enum class Opcode : std::uint8_t {
    mark = '(',
    stop = '.',
    binint = 'J',
    binint1 = 'K',
    binint2 = 'M',
    none = 'N',
    reduce = 'R',
    binunicode = 'X',
    build = 'b',
    global = 'c',
    binget = 'h',
    inst = 'i',
    long_binget = 'j',
    binput = 'q',
    long_binput = 'r',
    setitem = 's',
    tuple = 't',
    setitems = 'u',
    empty_tuple = ')',
    empty_dict = '}',
    binfloat = 'G',
    proto = 0x80,
    newobj = 0x81,
    tuple1 = 0x85,
    tuple2 = 0x86,
    tuple3 = 0x87,
    newtrue = 0x88,
    newfalse = 0x89,
    long1 = 0x8A,
    short_binunicode = 0x8C,
    stack_global = 0x93,
    memoize = 0x94,
    frame = 0x95
};

class PickleMachine {
public:
    explicit PickleMachine(std::string_view bytes) : cursor_(bytes) {}

    Pickle run();

private:
    // Each executes the instruction where it is one of its own, and tells whether it was.
    bool push_number(Opcode opcode);
    bool push_constant(Opcode opcode);
    bool push_text(Opcode opcode);
    bool make_collection(Opcode opcode);
    bool use_memo(Opcode opcode);
    bool describe_object(Opcode opcode);

    void push_text(std::uint64_t length);
    void push_tuple(std::size_t count);
    void push_global(const std::string& module, const std::string& name);
    void push_object(std::string_view verb, bool allowed, PickleId type, PickleId arguments);
    void make_new();
    void reduce();
    void build();
    void set_item(PickleId dictionary, PickleId name, PickleId value);
    void set_items();
    void store_in_memo(std::uint32_t place);
    void push_from_memo(std::uint32_t place);

    void push(PickleValue value);
    PickleId pop();
    PickleId top() const;
    /// The values above the last mark, which goes too.
    std::vector<PickleId> pop_to_mark();
    std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    std::string text(PickleId id) const;

    ByteCursor cursor_;
    Pickle pickle_;
    std::vector<PickleId> stack_;
    std::vector<std::size_t> marks_;
    std::map<std::uint32_t, PickleId> memo_;
};

Pickle PickleMachine::run() {
    if (cursor_.number<std::uint8_t>() != static_cast<std::uint8_t>(Opcode::proto))
        refuse_bytes("it is not a pickle of protocol 2 to 5");
    const auto protocol = cursor_.number<std::uint8_t>();
    if (protocol < 2 || protocol > 5) refuse_bytes(concat("it is a pickle of protocol ", protocol, ", not 2 to 5"));
    for (int count = 0; count < most_instructions; ++count) {
        const std::uint64_t position = cursor_.position();
        const auto opcode = static_cast<Opcode>(cursor_.number<std::uint8_t>());
        if (opcode == Opcode::stop) {
            pickle_.root = pop();
            if (!stack_.empty() || cursor_.remaining() > 0) refuse_bytes("there is something behind its end");
            return std::move(pickle_);
        }
        const bool known = push_number(opcode) || push_constant(opcode) || push_text(opcode) || make_collection(opcode) ||
                           use_memo(opcode) || describe_object(opcode);
        if (known) continue;
        refuse_bytes(concat("its byte ", position, " is the instruction ", quote(std::string(1, static_cast<char>(opcode))),
                            ", which no model of the original has"));
    }
    refuse_bytes(concat("it has more than ", most_instructions, " instructions"));
}

bool PickleMachine::push_number(Opcode opcode) {
    switch (opcode) {
        case Opcode::binint: push(std::int64_t{static_cast<std::int32_t>(cursor_.number<std::uint32_t>())}); return true;
        case Opcode::binint1: push(std::int64_t{cursor_.number<std::uint8_t>()}); return true;
        case Opcode::binint2: push(std::int64_t{cursor_.number<std::uint16_t>()}); return true;
        case Opcode::long1: {
            const std::string_view bytes = cursor_.take(cursor_.number<std::uint8_t>());
            if (bytes.size() > 8) refuse_bytes("it holds an integer of more than 64 bits");
            const bool negative = !bytes.empty() && (static_cast<std::uint8_t>(bytes.back()) & 0x80U) != 0;
            std::string whole(8, negative ? '\xFF' : '\0');
            std::ranges::copy(bytes, whole.begin());
            push(static_cast<std::int64_t>(from_little_endian<std::uint64_t>(whole)));
            return true;
        }
        case Opcode::binfloat: {
            std::string bytes(cursor_.take(8));  // the one number that is stored big-endian
            std::ranges::reverse(bytes);
            push(std::bit_cast<double>(from_little_endian<std::uint64_t>(bytes)));
            return true;
        }
        default: return false;
    }
}

bool PickleMachine::push_constant(Opcode opcode) {
    switch (opcode) {
        case Opcode::none: push(PickleNone{}); return true;
        case Opcode::newtrue: push(true); return true;
        case Opcode::newfalse: push(false); return true;
        case Opcode::frame: cursor_.take(8); return true;  // how the bytes were written in pieces
        default: return false;
    }
}

bool PickleMachine::push_text(Opcode opcode) {
    switch (opcode) {
        case Opcode::binunicode: push_text(cursor_.number<std::uint32_t>()); return true;
        case Opcode::short_binunicode: push_text(cursor_.number<std::uint8_t>()); return true;
        default: return false;
    }
}

void PickleMachine::push_text(std::uint64_t length) {
    if (length > longest_text) refuse_bytes(concat("it holds a text of ", length, " bytes, more than ", longest_text));
    push(std::string(cursor_.take(length)));
}

bool PickleMachine::make_collection(Opcode opcode) {
    switch (opcode) {
        case Opcode::mark: marks_.push_back(stack_.size()); return true;
        case Opcode::empty_tuple: push(PickleTuple{}); return true;
        case Opcode::tuple1: push_tuple(1); return true;
        case Opcode::tuple2: push_tuple(2); return true;
        case Opcode::tuple3: push_tuple(3); return true;
        case Opcode::tuple: push(PickleTuple{pop_to_mark()}); return true;
        case Opcode::empty_dict: push(PickleDictionary{}); return true;
        case Opcode::setitem: {
            const PickleId value = pop();
            const PickleId name = pop();
            set_item(top(), name, value);
            return true;
        }
        case Opcode::setitems: set_items(); return true;
        default: return false;
    }
}

void PickleMachine::push_tuple(std::size_t count) {
    std::vector<PickleId> items(count);
    for (std::size_t i = count; i > 0; --i) items[i - 1] = pop();
    push(PickleTuple{std::move(items)});
}

void PickleMachine::set_items() {
    const std::vector<PickleId> items = pop_to_mark();
    if (items.size() % 2 != 0) refuse_bytes("a dictionary in it has a name without a value");
    for (std::size_t i = 0; i < items.size(); i += 2) set_item(top(), items[i], items[i + 1]);
}

void PickleMachine::set_item(PickleId dictionary, PickleId name, PickleId value) {
    auto* items = std::get_if<PickleDictionary>(&pickle_.values[dictionary]);
    if (items == nullptr) refuse_bytes("it puts an item into something that is not a dictionary");
    items->items[text(name)] = value;
}

bool PickleMachine::use_memo(Opcode opcode) {
    switch (opcode) {
        case Opcode::binput: store_in_memo(cursor_.number<std::uint8_t>()); return true;
        case Opcode::long_binput: store_in_memo(cursor_.number<std::uint32_t>()); return true;
        case Opcode::memoize: store_in_memo(narrowed<std::uint32_t>(memo_.size())); return true;
        case Opcode::binget: push_from_memo(cursor_.number<std::uint8_t>()); return true;
        case Opcode::long_binget: push_from_memo(cursor_.number<std::uint32_t>()); return true;
        default: return false;
    }
}

void PickleMachine::store_in_memo(std::uint32_t place) { memo_[place] = top(); }

void PickleMachine::push_from_memo(std::uint32_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) refuse_bytes(concat("it names memo ", place, ", which it has not filled"));
    stack_.push_back(found->second);
}

bool PickleMachine::describe_object(Opcode opcode) {
    switch (opcode) {
        case Opcode::global:
        case Opcode::inst: {
            const std::string module(cursor_.take_line());
            push_global(module, std::string(cursor_.take_line()));
            return opcode == Opcode::global;
        }
        case Opcode::stack_global: {
            const PickleId name = pop();
            push_global(text(pop()), text(name));
            return true;
        }
        case Opcode::newobj: make_new(); return true;
        case Opcode::reduce: reduce(); return true;
        case Opcode::build: build(); return true;
        default: return false;
    }
}

void PickleMachine::push_global(const std::string& module, const std::string& name) {
    std::string global = concat(module, " ", name);
    if (std::ranges::find(known_globals, global) == known_globals.end())
        refuse_bytes(concat("it names ", quote(global), ", which no model of the original needs: it was not run"));
    push(PickleGlobal{std::move(global)});
}

void PickleMachine::make_new() {
    const PickleId arguments = pop();
    const PickleId type = pop();
    const auto* global = pickle_.find<PickleGlobal>(type);
    const auto* tuple = pickle_.find<PickleTuple>(arguments);
    const bool allowed = global != nullptr && tuple != nullptr && tuple->items.empty() &&
                         (global->name == original_classifier_type || global->name == numpy_array_wrapper_type);
    push_object("makes an object", allowed, type, arguments);
}

// numpy describes the type of an array's numbers so.
void PickleMachine::reduce() {
    const PickleId arguments = pop();
    const PickleId type = pop();
    const auto* global = pickle_.find<PickleGlobal>(type);
    push_object("calls something", global != nullptr && global->name == numpy_type_type, type, arguments);
}

void PickleMachine::push_object(std::string_view verb, bool allowed, PickleId type, PickleId arguments) {
    const auto* global = pickle_.find<PickleGlobal>(type);
    if (!allowed) {
        refuse_bytes(concat("it ", verb, " where no model of the original does",
                            global == nullptr ? "" : concat(": ", quote(global->name)), "; it was not run"));
    }
    push(PickleObject{global->name, arguments, std::nullopt});
}

void PickleMachine::build() {
    const PickleId state = pop();
    auto* object = std::get_if<PickleObject>(&pickle_.values[top()]);
    if (object == nullptr || object->state) refuse_bytes("it gives a state to something that is not a new object");
    object->state = state;
    // joblib writes the array's bytes behind its description, within the pickle.
    if (object->type == numpy_array_wrapper_type)
        pickle_.values[top()] = PickleArray{read_numpy_array(pickle_, *object, cursor_)};
}

void PickleMachine::push(PickleValue value) {
    stack_.push_back(pickle_.values.size());
    pickle_.values.push_back(std::move(value));
}

PickleId PickleMachine::top() const {
    if (stack_.size() <= floor()) refuse_bytes("an instruction in it lacks its values");
    return stack_.back();
}

PickleId PickleMachine::pop() {
    const PickleId id = top();
    stack_.pop_back();
    return id;
}

std::vector<PickleId> PickleMachine::pop_to_mark() {
    if (marks_.empty()) refuse_bytes("an instruction in it lacks its mark");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
}

std::string PickleMachine::text(PickleId id) const {
    const auto* found = pickle_.find<std::string>(id);
    if (found == nullptr) refuse_bytes("a name in it is not a text");
    return *found;
}

}  // namespace

Pickle read_pickle(std::string_view bytes) { return PickleMachine(bytes).run(); }

}  // namespace mml
