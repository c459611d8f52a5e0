namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>What a global name may be used for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>Only named, as a key or a value: dtypes, and classes that Lightning's callbacks are listed under.</summary>
    Inert,

    /// <summary>The type of a storage in a persistent id.</summary>
    Storage,

    /// <summary><c>collections.OrderedDict</c>, called without arguments.</summary>
    OrderedDict,

    /// <summary><c>torch.Size</c>, called with a tuple.</summary>
    Size,

    /// <summary><c>torch._utils._rebuild_tensor_v2</c>.</summary>
    Tensor,

    /// <summary><c>torch._utils._rebuild_parameter</c>.</summary>
    Parameter,
}

/// <summary>
/// A global name that a pickle may hold. It stands for itself: nothing is looked up, imported or called, so the list below
/// is all that any file can name.
/// </summary>
/// <param name="Name">Module and name, such as <c>torch.FloatStorage</c>.</param>
/// <param name="Kind">What it may be used for.</param>
/// <param name="DType">Of a storage: its element type; null for one that checkpoints here cannot hold.</param>
internal sealed record PickleGlobal(string Name, PickleGlobalKind Kind, TensorDType? DType = null)
{
    /// <summary>What messages say is expected.</summary>
    public const string Expected =
        "torch._utils._rebuild_tensor_v2, torch._utils._rebuild_parameter, torch storages, torch.Size, torch dtypes and collections.OrderedDict";

    private static readonly Dictionary<string, PickleGlobal> Known = new PickleGlobal[]
    {
        new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.Tensor),
        new("torch._utils._rebuild_parameter", PickleGlobalKind.Parameter),
        new("collections.OrderedDict", PickleGlobalKind.OrderedDict),
        new("torch.Size", PickleGlobalKind.Size),
        new("torch.FloatStorage", PickleGlobalKind.Storage, TensorDType.F32),
        new("torch.HalfStorage", PickleGlobalKind.Storage, TensorDType.F16),
        new("torch.BFloat16Storage", PickleGlobalKind.Storage, TensorDType.BF16),
        new("torch.DoubleStorage", PickleGlobalKind.Storage, TensorDType.F64),
        new("torch.LongStorage", PickleGlobalKind.Storage, TensorDType.I64),
        new("torch.IntStorage", PickleGlobalKind.Storage, TensorDType.I32),
        new("torch.ByteStorage", PickleGlobalKind.Storage, TensorDType.U8),
        new("torch.BoolStorage", PickleGlobalKind.Storage, TensorDType.Bool),
        new("torch.ShortStorage", PickleGlobalKind.Storage),
        new("torch.CharStorage", PickleGlobalKind.Storage),
        new("torch.ComplexFloatStorage", PickleGlobalKind.Storage),
        new("torch.ComplexDoubleStorage", PickleGlobalKind.Storage),
        new("torch.float32", PickleGlobalKind.Inert),
        new("torch.float16", PickleGlobalKind.Inert),
        new("torch.bfloat16", PickleGlobalKind.Inert),
        new("torch.float64", PickleGlobalKind.Inert),
        new("torch.int64", PickleGlobalKind.Inert),
        new("torch.int32", PickleGlobalKind.Inert),
        new("torch.int16", PickleGlobalKind.Inert),
        new("torch.int8", PickleGlobalKind.Inert),
        new("torch.uint8", PickleGlobalKind.Inert),
        new("torch.bool", PickleGlobalKind.Inert),
        // The callbacks of Lightning 1.x checkpoints, those of taming among them, are listed under their class.
        new("pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint", PickleGlobalKind.Inert),
    }.ToDictionary(global => global.Name, StringComparer.Ordinal);

    /// <summary>The global of that name; null where the list has none.</summary>
    public static PickleGlobal? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");
}
