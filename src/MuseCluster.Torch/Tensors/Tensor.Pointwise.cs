namespace MuseCluster.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator Abs = new("aten::abs"), Exp = new("aten::exp"), Log = new("aten::log"), Sqrt = new("aten::sqrt"),
            Rsqrt = new("aten::rsqrt"), PowScalar = new("aten::pow", "Tensor_Scalar"), Sin = new("aten::sin"), Cos = new("aten::cos"),
            Tanh = new("aten::tanh"), Sigmoid = new("aten::sigmoid"), Relu = new("aten::relu"), Silu = new("aten::silu"), Gelu = new("aten::gelu"),
            Clamp = new("aten::clamp"), ClampInPlace = new("aten::clamp_"), Round = new("aten::round"), Floor = new("aten::floor"),
            Softmax = new("aten::softmax", "int"), LogSoftmax = new("aten::log_softmax", "int"), Square = new("aten::square"),
            Maximum = new("aten::maximum"), Minimum = new("aten::minimum"), MaskedFill = new("aten::masked_fill", "Scalar"),
            MaskedFillInPlace = new("aten::masked_fill_", "Scalar"), Reciprocal = new("aten::reciprocal"), IsFinite = new("aten::isfinite"),
            Log1p = new("aten::log1p"), Log2 = new("aten::log2"), Expm1 = new("aten::expm1"), Erf = new("aten::erf"), Sign = new("aten::sign"), Ceil = new("aten::ceil"),
            Trunc = new("aten::trunc"), Tan = new("aten::tan"), Atan = new("aten::atan"), PowTensor = new("aten::pow", "Tensor_Tensor"), IsNan = new("aten::isnan"),
            NanToNum = new("aten::nan_to_num"), LeakyRelu = new("aten::leaky_relu"), MaskedSelect = new("aten::masked_select"),
            SqrtInPlace = new("aten::sqrt_"), SoftmaxOut = new("aten::softmax", "int_out");

        /// <summary>Absolute values.</summary>
        public Tensor abs() => Abs.Call(this);

        /// <summary>e to the power of every element.</summary>
        public Tensor exp() => Exp.Call(this);

        /// <summary>Natural logarithms.</summary>
        public Tensor log() => Log.Call(this);

        /// <summary>Square roots.</summary>
        public Tensor sqrt() => Sqrt.Call(this);

        /// <summary>Square roots, in place.</summary>
        public Tensor sqrt_() => SqrtInPlace.CallInPlace(this);

        /// <summary>Reciprocal square roots.</summary>
        public Tensor rsqrt() => Rsqrt.Call(this);

        /// <summary>Reciprocals.</summary>
        public Tensor reciprocal() => Reciprocal.Call(this);

        /// <summary>Squares.</summary>
        public Tensor square() => Square.Call(this);

        /// <summary>Every element to a power.</summary>
        public Tensor pow(Scalar exponent) => PowScalar.Call(this, exponent);

        /// <summary>Every element to the power of another tensor's.</summary>
        public Tensor pow(Tensor exponent) => PowTensor.Call(this, exponent);

        /// <summary>log(1 + x), exact near 0.</summary>
        public Tensor log1p() => Log1p.Call(this);

        /// <summary>Logarithms to base 2.</summary>
        public Tensor log2() => Log2.Call(this);

        /// <summary>e^x - 1, exact near 0.</summary>
        public Tensor expm1() => Expm1.Call(this);

        /// <summary>Error function.</summary>
        public Tensor erf() => Erf.Call(this);

        /// <summary>-1, 0 or 1.</summary>
        public Tensor sign() => Sign.Call(this);

        /// <summary>Sines.</summary>
        public Tensor sin() => Sin.Call(this);

        /// <summary>Cosines.</summary>
        public Tensor cos() => Cos.Call(this);

        /// <summary>Tangents.</summary>
        public Tensor tan() => Tan.Call(this);

        /// <summary>Arc tangents.</summary>
        public Tensor atan() => Atan.Call(this);

        /// <summary>Hyperbolic tangents.</summary>
        public Tensor tanh() => Tanh.Call(this);

        /// <summary>Logistic function of every element.</summary>
        public Tensor sigmoid() => Sigmoid.Call(this);

        /// <summary>max(0, x).</summary>
        public Tensor relu() => Relu.Call(this);

        /// <summary>x where positive, <paramref name="negative_slope"/> x elsewhere.</summary>
        public Tensor leaky_relu(Scalar negative_slope) => LeakyRelu.Call(this, negative_slope);

        /// <summary>x sigmoid(x).</summary>
        public Tensor silu() => Silu.Call(this);

        /// <summary>Gaussian error linear unit; <paramref name="approximate"/> is <c>none</c> (erf) or <c>tanh</c>.</summary>
        public Tensor gelu(string approximate = "none") => Gelu.Call(this, approximate);

        /// <summary>Bounds every element.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Clamp.Call(this, min, max);

        /// <summary>Bounds every element in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => ClampInPlace.CallInPlace(this, min, max);

        /// <summary>Rounds half to even.</summary>
        public Tensor round() => Round.Call(this);

        /// <summary>Rounds down.</summary>
        public Tensor floor() => Floor.Call(this);

        /// <summary>Rounds up.</summary>
        public Tensor ceil() => Ceil.Call(this);

        /// <summary>Rounds towards 0.</summary>
        public Tensor trunc() => Trunc.Call(this);

        /// <summary>Elementwise larger value.</summary>
        public Tensor maximum(Tensor other) => Maximum.Call(this, other);

        /// <summary>Elementwise smaller value.</summary>
        public Tensor minimum(Tensor other) => Minimum.Call(this, other);

        /// <summary>Replaces the elements where <paramref name="mask"/> is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => MaskedFill.Call(this, mask, value);

        /// <summary>Replaces the elements where <paramref name="mask"/> is true, in place.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value) => MaskedFillInPlace.CallInPlace(this, mask, value);

        /// <summary>The elements where <paramref name="mask"/> is true, as a vector.</summary>
        public Tensor masked_select(Tensor mask) => MaskedSelect.Call(this, mask);

        /// <summary>Where the elements are NaN.</summary>
        public Tensor isnan() => IsNan.Call(this);

        /// <summary>Replaces NaN and, by the largest and smallest finite values unless others are given, infinities.</summary>
        public Tensor nan_to_num(double? nan = null, double? posinf = null, double? neginf = null) => NanToNum.Call(this, nan, posinf, neginf);

        /// <summary>Where the elements are neither infinite nor NaN.</summary>
        public Tensor isfinite() => IsFinite.Call(this);

        /// <summary>Softmax along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Softmax.Call(this, dim, dtype);

        /// <summary>Softmax along a dimension, written over this tensor.</summary>
        public Tensor softmax_(long dim)
        {
            SoftmaxOut.Run(this, dim, Argument.None, this);
            return this;
        }

        /// <summary>Logarithm of the softmax along a dimension.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => LogSoftmax.Call(this, dim, dtype);
    }
}
