// The whole native surface of MuseCluster.Torch: libtorch reached through its boxed dispatcher.
// Any operator of any library version is called by name with tagged values, so that no operator
// needs a line of C++ of its own. Every exported function catches every exception; the reason is
// kept per thread and read back with mt_last_error.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define MT_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using Impl = c10::TensorImpl;
// libtorch took std::optional in 2.4 and later dropped its own.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
template <class T> using Optional = std::optional<T>;
#else
template <class T> using Optional = c10::optional<T>;
#endif
using Stack = std::vector<c10::IValue>;

#ifdef __GLIBC__
// By default glibc hands a tensor of more than a few hundred kilobytes back to the kernel when it dies, and the next one
// is made of fresh pages, zeroed and faulted in one by one: a third of the time in which scenes became tokens. 32 MiB is its limit.
[[maybe_unused]] const bool keeps_freed_memory =
    mallopt(M_MMAP_THRESHOLD, 32 << 20) && mallopt(M_TRIM_THRESHOLD, 512 << 20) && mallopt(M_TOP_PAD, 16 << 20);
#endif

enum Tag : int64_t {
  kNone = 0,
  kTensor = 1,
  kTensorList = 2,
  kInt = 3,
  kIntList = 4,
  kDouble = 5,
  kBool = 6,
  kScalarInt = 7,
  kScalarDouble = 8,
  kDtype = 9,
  kDevice = 10,
  kString = 11,
  kOptionalTensorList = 12,
  kDoubleList = 13,
  kBoolList = 14,
};

// Mirrors NativeValue in Operator.cs. `bits` is the value or a pointer to `count` elements.
struct Value {
  int64_t tag;
  int64_t bits;
  int64_t count;
};

struct Op {
  c10::OperatorHandle handle;
  size_t arguments;
  size_t returns;
  std::vector<Optional<c10::IValue>> defaults;
};

thread_local std::string last_error;
std::atomic<int64_t> live_tensors{0};

// The first line libtorch adds to c10::Error when it captures a backtrace; nothing after it is for users.
void keep_reason(const char* text) {
  last_error = text ? text : "unknown";
  for (const char* mark : {"\nException raised from", "\nframe #"}) {
    auto at = last_error.find(mark);
    if (at != std::string::npos) last_error.resize(at);
  }
  while (!last_error.empty() && last_error.back() == '\n') last_error.pop_back();
}

template <class F>
int guarded(F&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& e) {
    try { keep_reason(e.what_without_backtrace()); } catch (...) { }
  } catch (const std::bad_alloc&) {
    try { keep_reason("out of memory"); } catch (...) { }
    return 2;
  } catch (const std::exception& e) {
    try { keep_reason(e.what()); } catch (...) { }
  } catch (...) {
    try { keep_reason("an exception that is not a std::exception"); } catch (...) { }
  }
  return 1;
}

std::atomic<int> wanted_threads{0};
thread_local int scoped_threads = 0, initial_threads = 0;

// OpenMP keeps a count per thread, and libtorch passes its own on only at a thread's first use; OpenBLAS on OpenMP rounds
// by the count of the thread that calls it.
void adopt_threads() {
  thread_local int here = 0, openmp = 0;
  int wanted = wanted_threads.load(std::memory_order_relaxed);
  if (openmp == 0) {
    // A thread's first operator would do it otherwise, and undo what follows.
    at::internal::lazy_init_num_threads();
    openmp = initial_threads = at::get_num_threads();
  }
  if (wanted != here) {
    at::set_num_threads(wanted);
    here = openmp = wanted;
  }
  // Only OpenMP is told of a scope's count: it is the one whose count is the thread's own.
  int count = scoped_threads ? scoped_threads : wanted ? wanted : initial_threads;
  if (count == openmp) return;
  static const auto set_openmp = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set_openmp) set_openmp(count);
  openmp = count;
}

at::Tensor borrow(const void* handle) {
  if (!handle) return at::Tensor();
  return at::Tensor(c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim_copy(
      static_cast<Impl*>(const_cast<void*>(handle))));
}

void* release(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  live_tensors.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

c10::IValue to_ivalue(const Value& v) {
  switch (v.tag) {
    case kNone: return c10::IValue();
    case kTensor: return c10::IValue(borrow(reinterpret_cast<void*>(v.bits)));
    case kTensorList: {
      c10::List<at::Tensor> list;
      list.reserve(v.count);
      auto items = reinterpret_cast<void* const*>(v.bits);
      for (int64_t i = 0; i < v.count; ++i) list.push_back(borrow(items[i]));
      return c10::IValue(std::move(list));
    }
    case kOptionalTensorList: {
      c10::List<Optional<at::Tensor>> list;
      list.reserve(v.count);
      auto items = reinterpret_cast<void* const*>(v.bits);
      for (int64_t i = 0; i < v.count; ++i) {
        if (items[i]) list.push_back(borrow(items[i]));
        else list.push_back(Optional<at::Tensor>());
      }
      return c10::IValue(std::move(list));
    }
    case kInt:
    case kDtype:
    case kScalarInt: return c10::IValue(v.bits);
    case kIntList: {
      auto items = reinterpret_cast<const int64_t*>(v.bits);
      return c10::IValue(std::vector<int64_t>(items, items + v.count));
    }
    case kDouble:
    case kScalarDouble: {
      double d;
      std::memcpy(&d, &v.bits, sizeof d);
      return c10::IValue(d);
    }
    case kDoubleList: {
      auto items = reinterpret_cast<const double*>(v.bits);
      return c10::IValue(std::vector<double>(items, items + v.count));
    }
    case kBool: return c10::IValue(v.bits != 0);
    case kBoolList: {
      c10::List<bool> list;
      auto items = reinterpret_cast<const int64_t*>(v.bits);
      for (int64_t i = 0; i < v.count; ++i) list.push_back(items[i] != 0);
      return c10::IValue(std::move(list));
    }
    case kDevice:
      return c10::IValue(c10::Device(static_cast<c10::DeviceType>(v.bits), static_cast<c10::DeviceIndex>(v.count)));
    case kString:
      return c10::IValue(std::string(reinterpret_cast<const char*>(v.bits), v.count));
    default: TORCH_CHECK(false, "argument tag ", v.tag, " is unknown");
  }
}

Value from_ivalue(c10::IValue&& value) {
  Value v{kNone, 0, 0};
  if (value.isTensor()) {
    v.tag = kTensor;
    v.bits = reinterpret_cast<int64_t>(release(std::move(value).toTensor()));
  } else if (value.isTensorList()) {
    auto tensors = value.toTensorVector();
    auto items = new void*[tensors.size()];
    for (size_t i = 0; i < tensors.size(); ++i) items[i] = release(std::move(tensors[i]));
    v.tag = kTensorList;
    v.bits = reinterpret_cast<int64_t>(items);
    v.count = static_cast<int64_t>(tensors.size());
  } else if (value.isInt()) {
    v.tag = kInt;
    v.bits = value.toInt();
  } else if (value.isDouble()) {
    double d = value.toDouble();
    v.tag = kDouble;
    std::memcpy(&v.bits, &d, sizeof d);
  } else if (value.isBool()) {
    v.tag = kBool;
    v.bits = value.toBool();
  } else {
    TORCH_CHECK(value.isNone(), "a result of kind ", value.tagKind(), " cannot cross to managed code");
  }
  return v;
}

// The stack of one call, sized once per thread so that a call costs no allocation. It is empty again however
// the call ends: a failed call must not keep its arguments alive. What libtorch calls back meanwhile, such as
// from_blob's deleter, may call an operator itself and then gets a stack of its own.
class CallStack {
 public:
  CallStack() : nested_(busy_), stack_(nested_ ? own_ : shared()) { busy_ = true; }
  ~CallStack() {
    stack_.clear();
    busy_ = nested_;
  }
  CallStack(const CallStack&) = delete;
  Stack& operator*() { return stack_; }

 private:
  static Stack& shared() {
    static thread_local Stack stack;
    return stack;
  }
  static thread_local bool busy_;
  bool nested_;
  Stack own_;
  Stack& stack_;
};
thread_local bool CallStack::busy_ = false;

void free_tensor(void* tensor) noexcept {
  if (!tensor) return;
  live_tensors.fetch_sub(1, std::memory_order_relaxed);
  // Freeing may run a caller's deleter; nothing may escape to a finalizer thread.
  guarded([&] { c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim(static_cast<Impl*>(tensor)); });
}

// Lets go of a result that will not reach managed code.
void discard(const Value& v) noexcept {
  if (v.tag == kTensor) {
    free_tensor(reinterpret_cast<void*>(v.bits));
  } else if (v.tag == kTensorList) {
    auto items = reinterpret_cast<void**>(v.bits);
    for (int64_t i = 0; i < v.count; ++i) free_tensor(items[i]);
    delete[] items;
  }
}

// A kernel meets a value of the wrong kind with an assertion that asks for a bug report. This throws what is the matter.
void explain(const Op& o, const Value* arguments, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (arguments[i].tag == kTensor && !arguments[i].bits) continue;
    const auto& wanted = o.handle.schema().arguments()[i];
    auto given = to_ivalue(arguments[i]).type();
    TORCH_CHECK(given->isSubtypeOf(*wanted.type()), "argument ", i, " (", wanted.name(), ") has to be ",
                wanted.type()->annotation_str(), ", got ", given->annotation_str());
  }
}

c10::Device device_of(int64_t type, int64_t index) {
  return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

}  // namespace

MT_EXPORT const char* mt_last_error() { return last_error.c_str(); }
MT_EXPORT const char* mt_version() { return TORCH_VERSION; }
MT_EXPORT int64_t mt_live_tensors() { return live_tensors.load(std::memory_order_relaxed); }

MT_EXPORT int mt_op_find(const char* name, const char* overload, void** op) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "libtorch ", TORCH_VERSION, " has no operator ", name,
                *overload ? "." : "", overload);
    const auto& schema = handle->schema();
    auto found = new Op{*handle, schema.arguments().size(), schema.returns().size(), {}};
    for (const auto& argument : schema.arguments()) found->defaults.push_back(argument.default_value());
    *op = found;
  });
}

// Calls `op` with `count` arguments; those left off the end take the schema's defaults.
// `results` has room for `capacity` values and `*returned` of them are written.
MT_EXPORT int mt_op_call(void* op, const Value* arguments, int64_t count, Value* results, int64_t capacity, int64_t* returned) {
  return guarded([&] {
    adopt_threads();
    auto& o = *static_cast<Op*>(op);
    TORCH_CHECK(static_cast<size_t>(count) <= o.arguments, "takes ", o.arguments, " arguments, got ", count);
    TORCH_CHECK(static_cast<size_t>(capacity) >= o.returns, "returns ", o.returns, " values, room for ", capacity);
    CallStack call;
    auto& stack = *call;
    for (int64_t i = 0; i < count; ++i) stack.push_back(to_ivalue(arguments[i]));
    for (size_t i = count; i < o.arguments; ++i) {
      TORCH_CHECK(o.defaults[i].has_value(), "argument ", i, " (", o.handle.schema().arguments()[i].name(), ") has no default and was not given");
      stack.push_back(*o.defaults[i]);
    }
    try {
      o.handle.callBoxed(&stack);
    } catch (const c10::Error& e) {
      if (std::strstr(e.what_without_backtrace(), "INTERNAL ASSERT FAILED")) explain(o, arguments, count);
      throw;
    }
    size_t done = 0;
    try {
      for (; done < stack.size(); ++done) results[done] = from_ivalue(std::move(stack[done]));
    } catch (...) {
      while (done > 0) discard(results[--done]);
      throw;
    }
    *returned = static_cast<int64_t>(done);
  });
}

MT_EXPORT void mt_list_free(void** items) { delete[] items; }

// What C++ pays for the same call: `repeats` calls of the operator with arguments already unpacked.
MT_EXPORT int mt_op_repeat(void* op, const Value* arguments, int64_t count, int64_t repeats) {
  return guarded([&] {
    adopt_threads();
    auto& o = *static_cast<Op*>(op);
    Stack values;
    for (int64_t i = 0; i < count; ++i) values.push_back(to_ivalue(arguments[i]));
    for (size_t i = count; i < o.arguments; ++i) values.push_back(o.defaults[i].value());
    Stack stack;
    for (int64_t r = 0; r < repeats; ++r) {
      stack.assign(values.begin(), values.end());
      o.handle.callBoxed(&stack);
    }
  });
}

MT_EXPORT void mt_tensor_free(void* tensor) { free_tensor(tensor); }

MT_EXPORT int mt_tensor_alias(void* tensor, void** alias) {
  return guarded([&] { *alias = release(borrow(tensor)); });
}

// A tensor over memory that it does not own; `deleter(context)` runs when the last user lets go.
MT_EXPORT int mt_tensor_from_blob(void* data, const int64_t* sizes, int64_t rank, int dtype, void (*deleter)(void*), void* context, void** tensor) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
    at::IntArrayRef shape(sizes, static_cast<size_t>(rank));
    *tensor = release(deleter ? at::from_blob(data, shape, [deleter, context](void*) { deleter(context); }, options)
                              : at::from_blob(data, shape, options));
  });
}

MT_EXPORT int mt_tensor_info(void* tensor, int64_t* rank, int64_t* numel, int64_t* dtype, int64_t* device_type, int64_t* device_index) {
  return guarded([&] {
    auto impl = static_cast<Impl*>(tensor);
    *rank = impl->dim();
    *numel = impl->numel();
    *dtype = static_cast<int64_t>(c10::typeMetaToScalarType(impl->dtype()));
    *device_type = static_cast<int64_t>(impl->device().type());
    *device_index = impl->device().index();
  });
}

MT_EXPORT int mt_tensor_sizes(void* tensor, int64_t* sizes, int64_t* strides) {
  return guarded([&] {
    auto impl = static_cast<Impl*>(tensor);
    std::memcpy(sizes, impl->sizes().data(), impl->dim() * sizeof(int64_t));
    std::memcpy(strides, impl->strides().data(), impl->dim() * sizeof(int64_t));
  });
}

MT_EXPORT int mt_tensor_data(void* tensor, void** data) {
  return guarded([&] { *data = borrow(tensor).data_ptr(); });
}

// Bit 0: requires_grad, bit 1: leaf, bit 2: contiguous, bit 3: inference tensor.
MT_EXPORT int mt_tensor_flags(void* tensor, int64_t* flags) {
  return guarded([&] {
    auto t = borrow(tensor);
    *flags = t.requires_grad() | t.is_leaf() << 1 | t.is_contiguous() << 2 | t.is_inference() << 3;
  });
}

MT_EXPORT int mt_tensor_set_requires_grad(void* tensor, int value) {
  return guarded([&] { borrow(tensor).set_requires_grad(value != 0); });
}

MT_EXPORT int mt_tensor_grad(void* tensor, void** grad) {
  return guarded([&] { *grad = release(borrow(tensor).grad()); });
}

MT_EXPORT int mt_tensor_set_grad(void* tensor, void* grad) {
  return guarded([&] { borrow(tensor).mutable_grad() = borrow(grad); });
}

MT_EXPORT int mt_backward(void* const* tensors, int64_t count, void* const* gradients, int retain_graph, int create_graph) {
  return guarded([&] {
    adopt_threads();
    torch::autograd::variable_list roots, grads;
    for (int64_t i = 0; i < count; ++i) {
      roots.push_back(borrow(tensors[i]));
      if (gradients) grads.push_back(borrow(gradients[i]));
    }
    torch::autograd::backward(roots, grads, retain_graph != 0, create_graph != 0);
  });
}

MT_EXPORT int mt_grad_enabled() { return at::GradMode::is_enabled(); }
MT_EXPORT void mt_set_grad_enabled(int enabled) { at::GradMode::set_enabled(enabled != 0); }
MT_EXPORT int mt_inference_enter(void** guard) { return guarded([&] { *guard = new c10::InferenceMode(true); }); }
MT_EXPORT void mt_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
MT_EXPORT int mt_inference_enabled() { return c10::InferenceMode::is_enabled(); }

MT_EXPORT int mt_get_num_threads(int* threads) {
  return guarded([&] {
    adopt_threads();
    *threads = at::get_num_threads();
  });
}

MT_EXPORT int mt_set_num_threads(int threads) {
  return guarded([&] {
    wanted_threads.store(threads, std::memory_order_relaxed);
    adopt_threads();
    // libtorch only tells OpenMP and MKL; OpenBLAS built on pthreads keeps its own count.
    if (auto blas = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) blas(threads);
  });
}

// Threads that operators called by this thread use until it is called again; 0 for as many as everywhere.
MT_EXPORT int mt_scope_num_threads(int threads, int* before) {
  return guarded([&] {
    *before = scoped_threads;
    scoped_threads = threads;
  });
}

MT_EXPORT int mt_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

MT_EXPORT int mt_device_count(int64_t type, int64_t* count) {
  return guarded([&] {
    auto kind = static_cast<c10::DeviceType>(type);
    *count = kind == c10::DeviceType::CPU ? 1
             : c10::impl::hasDeviceGuardImpl(kind) ? c10::impl::VirtualGuardImpl(kind).deviceCount() : 0;
  });
}

MT_EXPORT int mt_synchronize(int64_t type, int64_t index) {
  return guarded([&] {
    auto device = device_of(type, index);
    if (device.is_cpu()) return;
    c10::impl::VirtualGuardImpl guard(device.type());
    guard.getStream(index < 0 ? guard.getDevice() : device).synchronize();
  });
}

// Free and total bytes of a CUDA device, through the runtime that libtorch_cuda has loaded.
MT_EXPORT int mt_cuda_memory(int64_t index, int64_t* free_bytes, int64_t* total_bytes) {
  return guarded([&] {
    auto set = reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "cudaSetDevice"));
    auto info = reinterpret_cast<int (*)(size_t*, size_t*)>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
    TORCH_CHECK(set && info, "the CUDA runtime is not loaded");
    size_t free_size = 0, total_size = 0;
    c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
    auto before = guard.getDevice();
    TORCH_CHECK(set(static_cast<int>(index)) == 0 && info(&free_size, &total_size) == 0, "cudaMemGetInfo failed on device ", index);
    guard.setDevice(before);
    *free_bytes = static_cast<int64_t>(free_size);
    *total_bytes = static_cast<int64_t>(total_size);
  });
}
