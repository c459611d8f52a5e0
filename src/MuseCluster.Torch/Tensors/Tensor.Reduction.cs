namespace MuseCluster.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator Sum = new("aten::sum"), SumDim = new("aten::sum", "dim_IntList"), Mean = new("aten::mean"),
            MeanDim = new("aten::mean", "dim"), MaxAll = new("aten::max"), MinAll = new("aten::min"), MaxDim = new("aten::max", "dim"),
            MinDim = new("aten::min", "dim"), Argmax = new("aten::argmax"), Argmin = new("aten::argmin"), Var = new("aten::var", "dim"), Norm = new("aten::norm", "Scalar"),
            CumSum = new("aten::cumsum"), All = new("aten::all"), Any = new("aten::any"), TopK = new("aten::topk"), ArgSort = new("aten::argsort"),
            Equal = new("aten::equal"), Allclose = new("aten::allclose"), Std = new("aten::std", "dim"), Prod = new("aten::prod"), ProdDim = new("aten::prod", "dim_int"),
            AllDim = new("aten::all", "dim"), AnyDim = new("aten::any", "dim"), Sort = new("aten::sort"), LogSumExp = new("aten::logsumexp"), NormDim = new("aten::norm", "ScalarOpt_dim"),
            CumProd = new("aten::cumprod"), Multinomial = new("aten::multinomial"), BinCount = new("aten::bincount");

        /// <summary>Sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => Sum.Call(this, type);

        /// <summary>Sum along one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => SumDim.Call(this, Argument.Ints(dim), keepdim, type);

        /// <summary>Sum along several dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => SumDim.Call(this, dim, keepdim, type);

        /// <summary>Mean of all elements.</summary>
        public Tensor mean() => Mean.Call(this, Argument.None);

        /// <summary>Mean along dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => MeanDim.Call(this, dimensions, keepdim, type);

        /// <summary>Largest element.</summary>
        public Tensor max() => MaxAll.Call(this);

        /// <summary>Smallest element.</summary>
        public Tensor min() => MinAll.Call(this);

        /// <summary>Largest elements along a dimension and where they stand.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            var r = MaxDim.CallMany(this, dim, keepdim);
            return (r[0], r[1]);
        }

        /// <summary>Smallest elements along a dimension and where they stand.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            var r = MinDim.CallMany(this, dim, keepdim);
            return (r[0], r[1]);
        }

        /// <summary>Where the largest element stands in row-major order.</summary>
        public Tensor argmax() => Argmax.Call(this);

        /// <summary>Where the smallest element stands in row-major order.</summary>
        public Tensor argmin() => Argmin.Call(this);

        /// <summary>Where the largest elements along a dimension stand.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Argmax.Call(this, (long?)dim, keepdim);

        /// <summary>Where the smallest elements along a dimension stand.</summary>
        public Tensor argmin(long dim, bool keepdim = false) => Argmin.Call(this, (long?)dim, keepdim);

        /// <summary>Variance along dimensions.</summary>
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false) => Var.Call(this, dimensions, unbiased, keepdim);

        /// <summary>Standard deviation along dimensions.</summary>
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false) => Std.Call(this, dimensions, unbiased, keepdim);

        /// <summary>Product of all elements.</summary>
        public Tensor prod(ScalarType? type = null) => Prod.Call(this, type);

        /// <summary>Product along a dimension.</summary>
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => ProdDim.Call(this, dim, keepdim, type);

        /// <summary>log(sum(exp(x))) along a dimension.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => LogSumExp.Call(this, Argument.Ints(dim), keepdim);

        /// <summary>Euclidean norm of all elements.</summary>
        public Tensor norm() => Norm.Call(this, (Scalar)2);

        /// <summary>The p-norm along a dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => NormDim.Call(this, (Scalar)p, Argument.Ints(dim), keepdim);

        /// <summary>Running sum along a dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => CumSum.Call(this, dim, type);

        /// <summary>Running product along a dimension.</summary>
        public Tensor cumprod(long dim, ScalarType? type = null) => CumProd.Call(this, dim, type);

        /// <summary>Whether every element along a dimension is true.</summary>
        public Tensor all(long dim, bool keepdim = false) => AllDim.Call(this, dim, keepdim);

        /// <summary>Whether any element along a dimension is true.</summary>
        public Tensor any(long dim, bool keepdim = false) => AnyDim.Call(this, dim, keepdim);

        /// <summary>Whether every element is true.</summary>
        public Tensor all() => All.Call(this);

        /// <summary>Whether any element is true.</summary>
        public Tensor any() => Any.Call(this);

        /// <summary>The k largest elements along a dimension and where they stand.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            var r = TopK.CallMany(this, k, dim, largest, sorted);
            return (r[0], r[1]);
        }

        /// <summary>The elements sorted along a dimension and where they stood.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false)
        {
            var r = Sort.CallMany(this, dim, descending);
            return (r[0], r[1]);
        }

        /// <summary>Draws indices with the probabilities that each row's weights give.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false) => Multinomial.Call(this, num_samples, replacement);

        /// <summary>Whether shapes and elements are equal.</summary>
        /// <returns>True if so.</returns>
        public bool equal(Tensor target) => Equal.CallBool(this, target);

        /// <summary>Whether every element is within <paramref name="atol"/> + <paramref name="rtol"/> |target| of the target's.</summary>
        /// <returns>True if so.</returns>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Allclose.CallBool(this, target, rtol, atol, equal_nan);

        /// <summary>The order that sorts along a dimension.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => ArgSort.Call(this, dim, descending);

        /// <summary>How often each index occurs in a vector of non-negative integers.</summary>
        public Tensor bincount(Tensor? weights = null, long minlength = 0) => BinCount.Call(this, weights, minlength);
    }
}
