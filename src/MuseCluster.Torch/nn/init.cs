namespace MuseCluster.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Initial values of parameters.</summary>
        public static class init
        {
            private static readonly Operator Uniform = new("aten::uniform_"), Normal = new("aten::normal_");

            /// <summary>Fills with uniform numbers in [low, high).</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1)
            {
                using var guard = no_grad();
                return Uniform.CallInPlace(tensor, low, high);
            }

            /// <summary>Fills with normal numbers.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1)
            {
                using var guard = no_grad();
                return Normal.CallInPlace(tensor, mean, std);
            }

            /// <summary>Fills with one number.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var guard = no_grad();
                return tensor.fill_(val);
            }

            /// <summary>Fills with zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            // Drawn on the CPU whatever the device, so that one seed gives one network everywhere.
            internal static Tensor uniform(long[] size, double bound, Device? device)
            {
                Device target = device ?? get_default_device();
                if (target.type == DeviceType.META)
                    return empty(size, device: target);
                var values = uniform_(empty(size, device: CPU), -bound, bound);
                return target.type == DeviceType.CPU ? values : values.to(target);
            }
        }
    }
}
