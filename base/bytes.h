// The state of a program as bytes, written once for both directions.
//
//   class Queue {
//    public:
//     static void state(auto& self, auto& bytes) { bytes(self.since_, self.waiting_); }
//   };
//   ByteWriter out;  out(queue);         ByteReader in(out.bytes());  in(queue);
//
// A class names its fields in state(), which saves where `bytes` is a ByteWriter and restores where
// it is a ByteReader: so what is read is what was written, in the same order. Left out are fields
// that follow from how the object was made. Integers are little-endian, lists have their length
// before them, floating-point numbers are their bits; nothing is aligned and nothing has padding,
// so the bytes are the same on every machine.
//
// Where both directions differ, a class has save(ByteWriter&) const and restore(ByteReader&)
// instead.
//
// Reading trusts nothing: beyond the end, or where require() or same() does not hold, the reader
// is no longer good(), gives zeros and leaves lists short; nobody needs to ask before the end. No
// list takes more memory than the bytes that are there can fill.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"

namespace springtide {

__extension__ using WideInteger = __int128;

// What is written as one little-endian number.
template <typename T>
concept PlainNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;

// Lists of these are copied at once where the machine is little-endian.
template <typename T>
concept CopiedNumber = PlainNumber<T> && !std::same_as<T, bool>;

class ByteWriter {
 public:
  static constexpr bool reads = false;

  template <typename... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }

  // What a reader will find wrong where it does not hold: a bug of this program.
  void require(bool holds) const { SPRINGTIDE_CHECK(holds, "a state that could not be restored"); }
  // What a reader must find equal to its own.
  template <typename T>
  void same(const T& value) {
    put(value);
  }
  // Elements of a container that has as many when it is read.
  template <typename Container>
  void each(const Container& elements) {
    same(std::uint64_t{elements.size()});
    for (const auto& element : elements) put(element);
  }

  // So many bytes as they stand.
  void block(const std::uint8_t* from, std::size_t size) { append(from, size); }

  const std::vector<std::byte>& bytes() const { return bytes_; }
  std::vector<std::byte> take() { return std::exchange(bytes_, {}); }
  void clear() { bytes_.clear(); }

 private:
  void append(const void* from, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), begin, begin + size);
  }

  template <PlainNumber T>
  void put(const T& value) {
    std::array<std::byte, sizeof(T)> bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    if constexpr (std::endian::native == std::endian::big)
      for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
    append(bytes.data(), bytes.size());
  }
  void put(const WideInteger& value) {
    put(static_cast<std::uint64_t>(value));
    put(static_cast<std::int64_t>(value >> 64));
  }
  void put(const Instant& value) { put(value.ns); }
  void put(const Duration& value) { put(value.ns); }
  void put(const std::string& text) {
    put(std::uint64_t{text.size()});
    append(text.data(), text.size());
  }
  void put(const std::vector<bool>& values) {
    put(std::uint64_t{values.size()});
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      word |= std::uint64_t{values[i]} << (i & 63);
      if ((i & 63) == 63 || i + 1 == values.size()) put(std::exchange(word, 0));
    }
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    put(std::uint64_t{values.size()});
    if constexpr (CopiedNumber<T> && std::endian::native == std::endian::little) {
      append(values.data(), values.size() * sizeof(T));
    } else {
      for (const T& value : values) put(value);
    }
  }
  template <typename T, std::size_t n>
  void put(const std::array<T, n>& values) {
    for (const T& value : values) put(value);
  }
  template <typename First, typename Second>
  void put(const std::pair<First, Second>& pair) {
    put(pair.first);
    put(pair.second);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <typename T>
  requires std::is_class_v<T>
  void put(const T& value) {
    if constexpr (requires { value.save(*this); })
      value.save(*this);
    else
      T::state(value, *this);
  }

  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  static constexpr bool reads = true;

  // `bytes` must stay where they are.
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <typename... T>
  void operator()(T&... values) {
    (get(values), ...);
  }

  void require(bool holds) {
    if (!holds) good_ = false;
  }
  template <typename T>
  void same(const T& own) {
    T found = own;
    get(found);
    require(found == own);
  }
  template <typename Container>
  void each(Container& elements) {
    same(std::uint64_t{elements.size()});
    for (auto& element : elements)
      if (good_) get(element);
  }

  void block(std::uint8_t* to, std::size_t size) { take(to, size); }

  bool good() const { return good_; }
  std::size_t left() const { return bytes_.size(); }
  // All was read, and all of it was right.
  bool done() const { return good_ && bytes_.empty(); }

 private:
  bool take(void* to, std::size_t size) {
    require(size <= bytes_.size());
    if (!good_) return false;
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return true;
  }
  // The length of a list whose elements have at least `least` bytes each.
  std::size_t length(std::size_t least) {
    std::uint64_t size = 0;
    get(size);
    require(size <= bytes_.size() / least);
    return good_ ? static_cast<std::size_t>(size) : 0;
  }

  template <PlainNumber T>
  void get(T& value) {
    std::array<std::byte, sizeof(T)> bytes{};
    if (!take(bytes.data(), bytes.size())) {
      value = T{};
      return;
    }
    if constexpr (std::endian::native == std::endian::big)
      for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
    if constexpr (std::same_as<T, bool>) {
      require(bytes[0] <= std::byte{1});
      value = bytes[0] != std::byte{0};
    } else {
      value = std::bit_cast<T>(bytes);
    }
  }
  void get(WideInteger& value) {
    std::uint64_t low = 0;
    std::int64_t high = 0;
    get(low);
    get(high);
    value = static_cast<WideInteger>(high) * (static_cast<WideInteger>(1) << 64) + low;
  }
  void get(Instant& value) { get(value.ns); }
  void get(Duration& value) { get(value.ns); }
  void get(std::string& text) {
    text.resize(length(1));
    take(text.data(), text.size());
  }
  void get(std::vector<bool>& values) {
    values.clear();
    std::uint64_t size = 0, word = 0;
    get(size);
    require(size / 8 <= bytes_.size());
    if (!good_) return;
    values.resize(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < values.size(); ++i) {
      if ((i & 63) == 0) get(word);
      values[i] = (word >> (i & 63) & 1) != 0;
    }
  }
  template <typename T>
  void get(std::vector<T>& values) {
    values.clear();
    if constexpr (CopiedNumber<T> && std::endian::native == std::endian::little) {
      values.resize(length(sizeof(T)));
      take(values.data(), values.size() * sizeof(T));
    } else {
      const std::size_t size = length(1);
      for (std::size_t i = 0; i < size && good_; ++i) get(values.emplace_back());
    }
  }
  template <typename T, std::size_t n>
  void get(std::array<T, n>& values) {
    for (T& value : values) get(value);
  }
  template <typename First, typename Second>
  void get(std::pair<First, Second>& pair) {
    get(pair.first);
    get(pair.second);
  }
  template <typename T>
  void get(std::optional<T>& value) {
    bool there = false;
    get(there);
    value.reset();
    if (there) get(value.emplace());
  }
  template <typename T>
  requires std::is_class_v<T>
  void get(T& value) {
    if constexpr (requires { value.restore(*this); })
      value.restore(*this);
    else
      T::state(value, *this);
  }

  std::span<const std::byte> bytes_;
  bool good_ = true;
};

}  // namespace springtide
