using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Membership;

public sealed class KeyNamesTests
{
    [Fact]
    public void The_same_bytes_give_the_very_same_string()
    {
        var names = new KeyNames();
        var first = names.Of("cart_7d_v1"u8);
        first.ShouldBe("cart_7d_v1");
        names.Of("cart_7d_v1"u8).ShouldBeSameAs(first);
    }

    [Fact]
    public void Keys_with_a_common_prefix_are_distinguished()
    {
        var names = new KeyNames();
        names.Of("cart_v1"u8).ShouldBe("cart_v1");
        names.Of("cart_v11"u8).ShouldBe("cart_v11");
        names.Of("cart_v"u8).ShouldBe("cart_v");
        names.Of("cart_v1"u8).ShouldBe("cart_v1");
    }

    [Fact]
    public void The_callers_buffer_may_be_reused()
    {
        var names = new KeyNames();
        var buffer = "cart_v1"u8.ToArray();
        names.Of(buffer);
        buffer[5] = (byte)'w';
        names.Of("cart_v1"u8).ShouldBe("cart_v1");
        names.Of(buffer).ShouldBe("cart_w1");
    }
}
