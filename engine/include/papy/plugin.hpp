// papy/plugin.hpp - plugins in C++20, over the C interface of papy/plugin.h. Header only. MIT
// licence.
// clang-format off
//     #include <papy/plugin.hpp>
//
//     PAPY_PLUGIN(words, "1.0.0", "MIT", "https://example.org/words")
//
//     std::int64_t length(std::string_view word) { return static_cast<std::int64_t>(word.size()); }
//     PAPY_WORKER(length, "the length of a word in bytes")
//
// `length` is now `words.length` in a workflow. Parameters and results:
//
//     integers, float, double, bool     numbers; an integer that does not fit fails, a float takes integers too
//     std::string, std::string_view     text; the view points into the item
//     papy::bytes                       bytes, a view; also std::span<const std::byte>, std::vector<std::uint8_t>
//     std::vector, std::map, ...        lists and maps; std::tuple, std::pair, std::array: lists of fixed length
//     std::optional<T>                  nil or a value; as the result of a function: a value or a gap
//     structs with PAPY_FIELDS          maps by field name
//     papy::any, papy::packed           any value, borrowed or owned, as the msgpack that it is
//     void                              as a result: nil
//     papy::many<T>                     as a result: 0 to many values
//
// Parameters that are not values, anywhere in the list:
//
//     const Args&          arguments of the function in the document: a struct with PAPY_ARGS
//     papy::inbox<T>       all values, for any number of inputs and `consume`; also std::span<const T>
//     papy::out<T>&        emits 0 to many values; the function returns nothing
//     papy::context&       number of the tasklet, attempt, slot, cancelled(), heartbeat()
// clang-format on
// A class is a worker with state: its constructor takes nothing, `const Args&` (a member type Args,
// or args), `const papy::open_info&`, or both; its call operator is the function. With flush(),
// which may return or emit values, one instance sees the whole stream. save() and load(value) make
// it survive the death of its process.
//
// A source is a class with `std::optional<T> next()`, or with `bool operator()(papy::out<T>&)` that
// emits at most out.wanted() values and returns false when these were the last. An exception fails
// one item and the source goes on. Optional: cursor() (text or a number) and
// seek(std::string_view); size(), the number of items in all; ready(), for papy::blocks: whether
// next() would not wait.
//
// A sink is a function of one value that returns nothing, or a class with such a call operator.
// Optional: prepare(epoch) -> text, commit(epoch), rollback(text), finish(bool ok).
//
// Exceptions end in the wrapper: their what() becomes the failure. papy::retry, papy::fail,
// papy::fatal, papy::skip, papy::end and papy::cancelled say what they mean.
#ifndef PAPY_PLUGIN_HPP
#define PAPY_PLUGIN_HPP

#include <papy/cpp/metadata.hpp>

namespace papy {

// Flags for the end of PAPY_WORKER and its like; combine them with |.
inline constexpr papy_flags reentrant =
    PAPY_REENTRANT;  ///< one instance of the class may serve many slots at once
inline constexpr papy_flags pure = PAPY_PURE;  ///< same inputs and args, same result, no effect
inline constexpr papy_flags idempotent = PAPY_IDEMPOTENT;  ///< doing it twice is as good as once
inline constexpr papy_flags serial = PAPY_SERIAL;  ///< one instance sees all its tasklets, in order
inline constexpr papy_flags local = PAPY_LOCAL;    ///< needs this host: files, devices
inline constexpr papy_flags isolate = PAPY_ISOLATE;  ///< never in the engine's own process
inline constexpr papy_flags cancels = PAPY_CANCELS;  ///< asks context::cancelled() often enough
inline constexpr papy_flags blocks = PAPY_BLOCKS;    ///< waits for things outside

}  // namespace papy

#define PAPY_DETAIL_RECORD(id, metadata)                                              \
  __attribute__((section(".papy.meta"), used, aligned(1))) static constexpr auto id = \
      ::papy::detail::metadata_record<metadata>()

/// What the library is; once in it, at namespace scope: name (an identifier), version, SPDX
/// licence, url.
#define PAPY_PLUGIN(plugin_name, version_text, license_text, url_text)             \
  struct papy_words_of_the_plugin {                                                \
    static constexpr const char* papy_name = #plugin_name;                         \
    static constexpr const char* papy_version = version_text;                      \
    static constexpr const char* papy_license = license_text;                      \
    static constexpr const char* papy_url = url_text;                              \
  };                                                                               \
  PAPY_DETAIL_RECORD(papy_record_of_the_plugin,                                    \
                     ::papy::detail::plugin_metadata<papy_words_of_the_plugin>);   \
  extern "C" PAPY_EXPORT const papy_plugin* papy_plugin_v1(void);                  \
  extern "C" PAPY_EXPORT const papy_plugin* papy_plugin_v1(void) {                 \
    using words = papy_words_of_the_plugin;                                        \
    static constexpr papy_plugin plugin{PAPY_MAGIC,                                \
                                        PAPY_ABI_MAJOR,                            \
                                        PAPY_ABI_MINOR,                            \
                                        sizeof(papy_plugin),                       \
                                        words::papy_name,                          \
                                        words::papy_version,                       \
                                        words::papy_license,                       \
                                        words::papy_url,                           \
                                        [](const papy_host* host) -> papy_status { \
                                          ::papy::detail::the_host = host;         \
                                          return PAPY_OK;                          \
                                        },                                         \
                                        nullptr};                                  \
    ::papy::detail::keep(papy_record_of_the_plugin);                               \
    return &plugin;                                                                \
  }                                                                                \
  static_assert(true)

#define PAPY_DETAIL_EXPORT(kind, function_name, entity, summary_text, ...)                       \
  struct papy_words_of_##function_name {                                                         \
    static constexpr const char* papy_name = #function_name;                                     \
    static constexpr const char* papy_summary = summary_text;                                    \
    using papy_entity = typename decltype(::papy::detail::entity_of<entity>())::type;            \
    static constexpr papy_flags papy_flags_of_it = 0u __VA_OPT__(| (__VA_ARGS__));               \
    static constexpr papy_worker papy_table =                                                    \
        ::papy::detail::make_worker<papy_entity, kind, papy_flags_of_it>(papy_name);             \
    using papy_metadata = ::papy::detail::function_metadata<papy_entity, kind, papy_flags_of_it, \
                                                            papy_words_of_##function_name>;      \
  };                                                                                             \
  PAPY_DETAIL_RECORD(papy_record_of_##function_name,                                             \
                     papy_words_of_##function_name::papy_metadata);                              \
  extern "C" PAPY_EXPORT const papy_worker* papy_worker_##function_name(void);                   \
  extern "C" PAPY_EXPORT const papy_worker* papy_worker_##function_name(void) {                  \
    ::papy::detail::keep(papy_record_of_##function_name);                                        \
    return &papy_words_of_##function_name::papy_table;                                           \
  }                                                                                              \
  static_assert(true)

/// Makes a function or a class a worker: PAPY_WORKER(trim, "cuts the ends of a read", papy::pure).
/// The second form gives it another name, and takes names with namespaces: PAPY_WORKER_AS(join,
/// text::join_all, "...").
#define PAPY_WORKER(function, summary, ...) \
  PAPY_DETAIL_EXPORT(PAPY_WORKER, function, function, summary __VA_OPT__(, ) __VA_ARGS__)
#define PAPY_WORKER_AS(name, function, summary, ...) \
  PAPY_DETAIL_EXPORT(PAPY_WORKER, name, function, summary __VA_OPT__(, ) __VA_ARGS__)
#define PAPY_SOURCE(type, summary, ...) \
  PAPY_DETAIL_EXPORT(PAPY_SOURCE, type, type, summary __VA_OPT__(, ) __VA_ARGS__)
#define PAPY_SOURCE_AS(name, type, summary, ...) \
  PAPY_DETAIL_EXPORT(PAPY_SOURCE, name, type, summary __VA_OPT__(, ) __VA_ARGS__)
#define PAPY_SINK(function, summary, ...) \
  PAPY_DETAIL_EXPORT(PAPY_SINK, function, function, summary __VA_OPT__(, ) __VA_ARGS__)
#define PAPY_SINK_AS(name, function, summary, ...) \
  PAPY_DETAIL_EXPORT(PAPY_SINK, name, function, summary __VA_OPT__(, ) __VA_ARGS__)

#endif  // PAPY_PLUGIN_HPP
