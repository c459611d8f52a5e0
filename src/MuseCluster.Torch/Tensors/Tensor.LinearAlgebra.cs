namespace MuseCluster.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator Matmul = new("aten::matmul"), Mm = new("aten::mm"), Bmm = new("aten::bmm"), Baddbmm = new("aten::baddbmm"),
            Addmm = new("aten::addmm"), Dot = new("aten::dot"), MmOut = new("aten::mm", "out"), BmmOut = new("aten::bmm", "out"), AddmmOut = new("aten::addmm", "out");

        /// <summary>Matrix product, broadcast over leading dimensions.</summary>
        public Tensor matmul(Tensor target) => Matmul.Call(this, target);

        /// <summary>Product of two matrices.</summary>
        public Tensor mm(Tensor target) => Mm.Call(this, target);

        /// <summary>Products of two lists of matrices, [B, n, m] by [B, m, p].</summary>
        public Tensor bmm(Tensor batch2) => Bmm.Call(this, batch2);

        /// <summary>Inner product of two vectors.</summary>
        public Tensor dot(Tensor target) => Dot.Call(this, target);

        /// <summary>beta * this + alpha * batch1 @ batch2, for lists of matrices.</summary>
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Baddbmm.Call(this, batch1, batch2, (Scalar)beta, (Scalar)alpha);

        /// <summary>beta * this + alpha * mat1 @ mat2.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Addmm.Call(this, mat1, mat2, (Scalar)beta, (Scalar)alpha);
    }
}
