namespace MuseCluster.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>How a loss over many elements becomes one number.</summary>
        public enum Reduction
        {
            /// <summary>Not at all.</summary>
            None = 0,

            /// <summary>The mean.</summary>
            Mean = 1,

            /// <summary>The sum.</summary>
            Sum = 2,
        }

        /// <summary>PyTorch's <c>torch.nn.functional</c>.</summary>
        public static class functional
        {
            private static readonly Operator Linear = new("aten::linear"), EmbeddingOp = new("aten::embedding"), LayerNorm = new("aten::layer_norm"),
                GroupNorm = new("aten::group_norm"), Conv2d = new("aten::conv2d"), UpsampleNearest = new("aten::upsample_nearest2d", "vec"),
                CrossEntropy = new("aten::cross_entropy_loss"), MseLoss = new("aten::mse_loss"), L1Loss = new("aten::l1_loss"),
                Dropout = new("aten::dropout"), Pad = new("aten::constant_pad_nd"), AvgPool = new("aten::avg_pool2d"), OneHot = new("aten::one_hot"),
                ConvTranspose2d = new("aten::conv_transpose2d", "input"), BatchNorm = new("aten::batch_norm"),
                PixelShuffle = new("aten::pixel_shuffle"), PixelUnshuffle = new("aten::pixel_unshuffle"),
                Softplus = new("aten::softplus"), Attention = new("aten::scaled_dot_product_attention");

            private static readonly bool FusedAttention = Version.Parse(__version__.Split('+')[0]) >= new Version(2, 0);

            /// <summary>x W^T + b.</summary>
            /// <param name="input">[..., in].</param>
            /// <param name="weight">[out, in].</param>
            /// <param name="bias">[out], or null.</param>
            /// <returns>[..., out].</returns>
            public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null) => Linear.Call(input, weight, bias);

            /// <summary>Rows of a table.</summary>
            /// <param name="x">Indices of any shape, int64.</param>
            /// <param name="weight">[count, dims].</param>
            /// <returns>The shape of <paramref name="x"/> and dims.</returns>
            public static Tensor embedding(Tensor x, Tensor weight) => EmbeddingOp.Call(weight, x);

            /// <summary>Layer normalisation over the trailing dimensions.</summary>
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                LayerNorm.Call(input, normalized_shape, weight, bias, eps);

            /// <summary>Group normalisation of [N, C, ...].</summary>
            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                GroupNorm.Call(input, num_groups, weight, bias, eps);

            /// <summary>2-D cross-correlation of [N, C, H, W] with [out, in / groups, kh, kw].</summary>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Conv2d.Call(input, weight, bias, Pair(strides, 1), Pair(padding, 0), Pair(dilation, 1), groups);

            /// <summary>The transpose of a 2-D cross-correlation, of [N, in, H, W] with [in, out / groups, kh, kw].</summary>
            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? stride = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                ConvTranspose2d.Call(input, weight, bias, Pair(stride, 1), Pair(padding, 0), Pair(output_padding, 0), groups, Pair(dilation, 1));

            /// <summary>
            /// Normalises each channel of [N, C, ...]: in training by the batch's mean and variance, whose running averages it
            /// updates; otherwise by those averages.
            /// </summary>
            public static Tensor batch_norm(
                Tensor input, Tensor running_mean, Tensor running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                BatchNorm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            /// <summary>Unfolds channels into squares of pixels: [N, C r r, H, W] to [N, C, H r, W r].</summary>
            public static Tensor pixel_shuffle(Tensor x, long upscale_factor) => PixelShuffle.Call(x, upscale_factor);

            /// <summary>Folds squares of pixels into channels: [N, C, H r, W r] to [N, C r r, H, W].</summary>
            public static Tensor pixel_unshuffle(Tensor x, long downscale_factor) => PixelUnshuffle.Call(x, downscale_factor);

            private static Argument Pair(long[]? values, long otherwise) => values is null ? Argument.Ints(otherwise) : values;

            /// <summary>Enlarges [N, C, H, W] by repeating pixels.</summary>
            public static Tensor interpolate(Tensor x, double[] scale_factor) => UpsampleNearest.Call(x, Argument.None, scale_factor);

            /// <summary>Averages non-overlapping squares of [N, C, H, W].</summary>
            public static Tensor avg_pool2d(Tensor input, long kernel_size) => AvgPool.Call(input, Argument.Ints(kernel_size), Argument.Ints(kernel_size));

            /// <summary>Pads the last dimensions: (left, right) of the last, then (top, bottom) of the one before.</summary>
            public static Tensor pad(Tensor input, long[] pad, double value = 0) => Pad.Call(input, pad, (Scalar)value);

            /// <summary>Cross-entropy of logits [N, C, ...] against classes [N, ...].</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                CrossEntropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>Squared error.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => MseLoss.Call(input, target, (long)reduction);

            /// <summary>Absolute error.</summary>
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => L1Loss.Call(input, target, (long)reduction);

            /// <summary>Zeroes elements at random while training.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) => Dropout.Call(input, p, training);

            /// <summary>Rectified linear unit.</summary>
            public static Tensor relu(Tensor x) => x.relu();

            /// <summary>x sigmoid(x).</summary>
            public static Tensor silu(Tensor x) => x.silu();

            /// <summary>Gaussian error linear unit.</summary>
            public static Tensor gelu(Tensor x) => x.gelu();

            /// <summary>log(1 + e^x).</summary>
            public static Tensor softplus(Tensor x) => Softplus.Call(x);

            /// <summary>Softmax along a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim) => input.softmax(dim);

            /// <summary>Logarithm of the softmax along a dimension.</summary>
            public static Tensor log_softmax(Tensor input, long dim) => input.log_softmax(dim);

            /// <summary>Indicator vectors of class indices, int64.</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => OneHot.Call(x, num_classes);

            /// <summary>softmax(q k^T / sqrt(d) + mask) v. On libtorch 2 this is the fused operator.</summary>
            /// <param name="query">[..., L, d].</param>
            /// <param name="key">[..., S, d].</param>
            /// <param name="value">[..., S, e].</param>
            /// <param name="attn_mask">Broadcast to [..., L, S]: added to the scores, or, if boolean, true where a key may be seen; or null.</param>
            /// <returns>[..., L, e].</returns>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null)
            {
                if (FusedAttention)
                    return Attention.Call(query, key, value, attn_mask);
                using var scope = NewDisposeScope();
                var scores = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1));
                if (attn_mask is not null)
                    scores = attn_mask.dtype == ScalarType.Bool ? scores.masked_fill(attn_mask.logical_not(), double.NegativeInfinity) : scores.add(attn_mask);
                return scope.MoveToOuter(scores.softmax(-1).matmul(value));
            }
        }
    }
}
