using MuseCluster.Generation.Randomness;

namespace MuseCluster.Generation.Tests.Randomness;

public sealed class PhiloxTests
{
    /// <summary>Random123's kat_vectors, philox4x32 10.</summary>
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void KnownAnswersAreGiven(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox.Words(((ulong)k1 << 32) | k0, c0, c1, c2, c3));

    [Fact]
    public void EveryBitOfKeyAndCounterBearsOnEveryWord()
    {
        var reference = Philox.Words(1, 2, 3, 4, 5);
        for (var bit = 0; bit < 64; bit++)
            Differs(reference, Philox.Words(1UL ^ (1UL << bit), 2, 3, 4, 5));
        for (var bit = 0; bit < 32; bit++)
        {
            var flip = 1u << bit;
            Differs(reference, Philox.Words(1, 2 ^ flip, 3, 4, 5));
            Differs(reference, Philox.Words(1, 2, 3 ^ flip, 4, 5));
            Differs(reference, Philox.Words(1, 2, 3, 4 ^ flip, 5));
            Differs(reference, Philox.Words(1, 2, 3, 4, 5 ^ flip));
        }

        static void Differs((uint R0, uint R1, uint R2, uint R3) a, (uint R0, uint R1, uint R2, uint R3) b) =>
            Assert.True(a.R0 != b.R0 && a.R1 != b.R1 && a.R2 != b.R2 && a.R3 != b.R3);
    }
}
