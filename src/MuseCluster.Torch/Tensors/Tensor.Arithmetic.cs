namespace MuseCluster.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator AddTensor = new("aten::add", "Tensor"), AddScalar = new("aten::add", "Scalar"),
            AddInPlace = new("aten::add_", "Tensor"), AddScalarInPlace = new("aten::add_", "Scalar"),
            SubTensor = new("aten::sub", "Tensor"), SubScalar = new("aten::sub", "Scalar"), RsubScalar = new("aten::rsub", "Scalar"),
            SubInPlace = new("aten::sub_", "Tensor"), SubScalarInPlace = new("aten::sub_", "Scalar"), MulTensor = new("aten::mul", "Tensor"), MulScalar = new("aten::mul", "Scalar"),
            MulInPlace = new("aten::mul_", "Tensor"), MulScalarInPlace = new("aten::mul_", "Scalar"),
            DivTensor = new("aten::div", "Tensor"), DivScalar = new("aten::div", "Scalar"),
            DivInPlace = new("aten::div_", "Tensor"), DivScalarInPlace = new("aten::div_", "Scalar"), Neg = new("aten::neg"), FloorDivide = new("aten::floor_divide", "Scalar"), RemainderScalar = new("aten::remainder", "Scalar"),
            EqTensor = new("aten::eq", "Tensor"), EqScalar = new("aten::eq", "Scalar"), NeScalar = new("aten::ne", "Scalar"), NeTensor = new("aten::ne", "Tensor"),
            LeTensor = new("aten::le", "Tensor"), GeTensor = new("aten::ge", "Tensor"), LogicalOr = new("aten::logical_or"), LogicalXor = new("aten::logical_xor"),
            LtTensor = new("aten::lt", "Tensor"), LtScalar = new("aten::lt", "Scalar"), LeScalar = new("aten::le", "Scalar"),
            GtTensor = new("aten::gt", "Tensor"), GtScalar = new("aten::gt", "Scalar"), GeScalar = new("aten::ge", "Scalar"),
            LogicalAnd = new("aten::logical_and"), LogicalNot = new("aten::logical_not"),
            AddcMul = new("aten::addcmul"), AddcMulInPlace = new("aten::addcmul_"), AddcDiv = new("aten::addcdiv_"), Lerp = new("aten::lerp_", "Scalar"),
            Zero = new("aten::zero_"), FillScalar = new("aten::fill_", "Scalar"), Copy = new("aten::copy_");

        /// <summary>Elementwise sum, broadcast.</summary>
        public Tensor add(Tensor other) => AddTensor.Call(this, other);

        /// <summary>Adds <paramref name="alpha"/> times <paramref name="other"/>.</summary>
        public Tensor add(Tensor other, Scalar alpha) => AddTensor.Call(this, other, alpha);

        /// <summary>Adds a number to every element.</summary>
        public Tensor add(Scalar other) => AddScalar.Call(this, other);

        /// <summary>Adds in place.</summary>
        public Tensor add_(Tensor other) => AddInPlace.CallInPlace(this, other);

        /// <summary>Adds <paramref name="alpha"/> times <paramref name="other"/> in place.</summary>
        public Tensor add_(Tensor other, Scalar alpha) => AddInPlace.CallInPlace(this, other, alpha);

        /// <summary>Adds a number in place.</summary>
        public Tensor add_(Scalar other) => AddScalarInPlace.CallInPlace(this, other);

        /// <summary>Elementwise difference, broadcast.</summary>
        public Tensor sub(Tensor other) => SubTensor.Call(this, other);

        /// <summary>Subtracts a number from every element.</summary>
        public Tensor sub(Scalar other) => SubScalar.Call(this, other);

        /// <summary>Subtracts in place.</summary>
        public Tensor sub_(Tensor other) => SubInPlace.CallInPlace(this, other);

        /// <summary>Subtracts <paramref name="alpha"/> times <paramref name="other"/>.</summary>
        public Tensor sub(Tensor other, Scalar alpha) => SubTensor.Call(this, other, alpha);

        /// <summary>Subtracts a number in place.</summary>
        public Tensor sub_(Scalar other) => SubScalarInPlace.CallInPlace(this, other);

        /// <summary>Elementwise product, broadcast.</summary>
        public Tensor mul(Tensor other) => MulTensor.Call(this, other);

        /// <summary>Multiplies every element by a number.</summary>
        public Tensor mul(Scalar other) => MulScalar.Call(this, other);

        /// <summary>Multiplies in place.</summary>
        public Tensor mul_(Tensor other) => MulInPlace.CallInPlace(this, other);

        /// <summary>Multiplies by a number in place.</summary>
        public Tensor mul_(Scalar other) => MulScalarInPlace.CallInPlace(this, other);

        /// <summary>Elementwise quotient, broadcast.</summary>
        public Tensor div(Tensor other) => DivTensor.Call(this, other);

        /// <summary>Divides every element by a number.</summary>
        public Tensor div(Scalar other) => DivScalar.Call(this, other);

        /// <summary>Divides in place.</summary>
        public Tensor div_(Tensor other) => DivInPlace.CallInPlace(this, other);

        /// <summary>Divides by a number in place.</summary>
        public Tensor div_(Scalar other) => DivScalarInPlace.CallInPlace(this, other);

        /// <summary>The quotient rounded down; whole numbers stay whole.</summary>
        public Tensor floor_divide(Scalar other) => FloorDivide.Call(this, other);

        /// <summary>The remainder of a division, with the divisor's sign.</summary>
        public Tensor remainder(Scalar other) => RemainderScalar.Call(this, other);

        /// <summary>The negative of every element.</summary>
        public Tensor neg() => Neg.Call(this);

        /// <summary>this + value x tensor1 x tensor2, broadcast.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => AddcMul.Call(this, tensor1, tensor2, value);

        /// <summary>Adds <paramref name="value"/> times the product of two tensors in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => AddcMulInPlace.CallInPlace(this, tensor1, tensor2, value);

        /// <summary>Adds <paramref name="value"/> times the quotient of two tensors in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => AddcDiv.CallInPlace(this, tensor1, tensor2, value);

        /// <summary>Moves in place towards <paramref name="end"/> by the fraction <paramref name="weight"/>.</summary>
        public Tensor lerp_(Tensor end, Scalar weight) => Lerp.CallInPlace(this, end, weight);

        /// <summary>Sets every element to 0.</summary>
        public Tensor zero_() => Zero.CallInPlace(this);

        /// <summary>Sets every element to a number.</summary>
        public Tensor fill_(Scalar value) => FillScalar.CallInPlace(this, value);

        /// <summary>Copies another tensor's elements here, broadcast and converted.</summary>
        public Tensor copy_(Tensor source, bool non_blocking = false) => Copy.CallInPlace(this, source, non_blocking);

        /// <summary>Where the elements are equal.</summary>
        public Tensor eq(Tensor other) => EqTensor.Call(this, other);

        /// <summary>Where the elements equal a number.</summary>
        public Tensor eq(Scalar other) => EqScalar.Call(this, other);

        /// <summary>Where the elements differ from a number.</summary>
        public Tensor ne(Scalar other) => NeScalar.Call(this, other);

        /// <summary>Where the elements differ.</summary>
        public Tensor ne(Tensor other) => NeTensor.Call(this, other);

        /// <summary>Where the elements are less.</summary>
        public Tensor lt(Tensor other) => LtTensor.Call(this, other);

        /// <summary>Where the elements are less than a number.</summary>
        public Tensor lt(Scalar other) => LtScalar.Call(this, other);

        /// <summary>Where the elements are at most a number.</summary>
        public Tensor le(Scalar other) => LeScalar.Call(this, other);

        /// <summary>Where the elements are less or equal.</summary>
        public Tensor le(Tensor other) => LeTensor.Call(this, other);

        /// <summary>Where the elements are greater.</summary>
        public Tensor gt(Tensor other) => GtTensor.Call(this, other);

        /// <summary>Where the elements are greater than a number.</summary>
        public Tensor gt(Scalar other) => GtScalar.Call(this, other);

        /// <summary>Where the elements are at least a number.</summary>
        public Tensor ge(Scalar other) => GeScalar.Call(this, other);

        /// <summary>Where the elements are greater or equal.</summary>
        public Tensor ge(Tensor other) => GeTensor.Call(this, other);

        /// <summary>Elementwise conjunction.</summary>
        public Tensor logical_and(Tensor other) => LogicalAnd.Call(this, other);

        /// <summary>Elementwise disjunction.</summary>
        public Tensor logical_or(Tensor other) => LogicalOr.Call(this, other);

        /// <summary>Where exactly one is true.</summary>
        public Tensor logical_xor(Tensor other) => LogicalXor.Call(this, other);

        /// <summary>Elementwise negation of truth.</summary>
        public Tensor logical_not() => LogicalNot.Call(this);

        /// <summary>Elementwise sum.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>Adds a number.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        /// <summary>Adds a number.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        /// <summary>Elementwise difference.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>Subtracts a number.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        /// <summary>Subtracts from a number.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => RsubScalar.Call(right, left);

        /// <summary>Elementwise product.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>Multiplies by a number.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        /// <summary>Multiplies by a number.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        /// <summary>Elementwise quotient.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>Divides by a number.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        /// <summary>Divides a number.</summary>
        public static Tensor operator /(Scalar left, Tensor right)
        {
            using var inverse = right.reciprocal();
            return inverse.mul(left);
        }

        /// <summary>The negative.</summary>
        public static Tensor operator -(Tensor value) => value.neg();
    }
}
