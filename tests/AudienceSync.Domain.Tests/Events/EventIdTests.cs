using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Events;

public sealed class EventIdTests
{
    private const string Namespace = "5b1f0c5e-6a9d-4c0f-8f27-a1d0e3b4c596";

    /// <summary>Computed with Python's uuid.uuid5 and recorded here: if one changes, every retry becomes a new event.</summary>
    [Theory]
    [InlineData("shop", "evt-1", "3730cfaf-d7dc-587a-92d8-6b48d35fceaf")]
    [InlineData("a", "bc", "d077a94e-379b-5e91-837c-a76ffd642033")]
    [InlineData("ab", "c", "50c487fc-d81e-52a7-9a3a-3f371e671950")]
    [InlineData("", "", "f138ceb7-e46c-56b5-91f8-cb5fd072d7b2")]
    [InlineData("läden", "bestellung-ß-😀", "20bceb0c-b7c8-5b80-9721-a2fbf17733a1")]
    public void The_id_matches_the_recorded_value(string source, string senderId, string expected) =>
        EventId.Derive(source, senderId).ToString().ShouldBe(expected);

    [Fact]
    public void The_id_of_a_long_name_matches_the_recorded_value()
    {
        EventId.Derive("shop", new string('x', 200)).ToString().ShouldBe("952db0a1-7a9b-5097-80be-133fd4e8fab5");
        EventId.Derive(new string('s', 300), new string('日', 400)).ToString().ShouldBe("e544c6bc-c065-5515-a0aa-ea7aa97f2c98");
    }

    [Fact]
    public void The_tests_own_computation_agrees_with_the_vector_of_rfc_9562() =>
        Version5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com").ShouldBe(Guid.Parse("2ed6657d-e927-568b-95e1-2665a8aea6a2"));

    [Fact]
    public void Names_of_every_length_agree_with_an_independent_computation()
    {
        var random = new Random(20260301);
        for (var length = 0; length < 700; length++)
        {
            var source = Name(random, random.Next(length + 1));
            var senderId = Name(random, length);
            EventId.Derive(source, senderId).Value.ShouldBe(Version5(Namespace, source + "\0" + senderId), $"length {length}");
        }
    }

    [Fact]
    public void Version_and_variant_bits_are_those_of_version_5()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var id = EventId.Derive("shop", $"evt-{i}").Value;
            id.Version.ShouldBe(5);
            (id.Variant & 0b1100).ShouldBe(0b1000);
        }
    }

    [Fact]
    public void The_same_name_gives_the_same_id_and_different_names_different_ones()
    {
        EventId.Derive("shop", "evt-1").ShouldBe(EventId.Derive("shop", "evt-1"));
        var ids = Enumerable.Range(0, 50_000).Select(i => EventId.Derive($"source{i % 7}", $"{i / 7}")).ToHashSet();
        ids.Count.ShouldBe(50_000);
    }

    [Fact]
    public void Source_and_id_are_separated()
    {
        EventId.Derive("a", "bc").ShouldNotBe(EventId.Derive("ab", "c"));
        EventId.Derive("", "abc").ShouldNotBe(EventId.Derive("abc", ""));
    }

    private static string Name(Random random, int length)
    {
        const string letters = "abcXYZ019-_äß日本";
        return new string([.. Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)])]);
    }

    // As text: hash, take 32 hex digits, overwrite the two that carry version and variant.
    private static Guid Version5(string space, string name)
    {
        var input = Convert.FromHexString(space.Replace("-", "")).Concat(Encoding.UTF8.GetBytes(name)).ToArray();
        var hex = Convert.ToHexStringLower(SHA1.HashData(input))[..32].ToCharArray();
        hex[12] = '5';
        hex[16] = "89ab"[Convert.ToInt32(hex[16].ToString(), 16) % 4];
        return Guid.ParseExact(new string(hex), "N");
    }
}
