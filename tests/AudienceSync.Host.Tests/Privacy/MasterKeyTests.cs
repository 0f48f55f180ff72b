using System.Security.Cryptography;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class MasterKeyTests
{
    [Fact]
    public void A_key_file_takes_precedence_over_the_environment_and_surrounding_whitespace_is_ignored()
    {
        using var folder = new TemporaryFolder();
        var secret = RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);
        File.WriteAllText(folder.Below("master.key"), $"\n {Convert.ToBase64String(secret)} \r\n");

        var fromFile = MasterKeyLoader.Load(Settings(folder.Below("master.key"), "nonsense"));
        var inline = MasterKeyLoader.Load(Settings(null, Convert.ToBase64String(secret)));

        fromFile.All.ShouldHaveSingleItem().Version.ShouldBe((short)1);
        fromFile.Current.CheckValue().ShouldBe(new MasterKey(1, secret).CheckValue());
        inline.Current.CheckValue().ShouldBe(fromFile.Current.CheckValue());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_key_that_is_not_32_bytes_in_base64_is_refused_and_not_quoted(string text)
    {
        var refused = Should.Throw<SetupException>(() => MasterKeyLoader.Load(Settings(null, text)));

        refused.Code.ShouldBe("master_key_invalid");
        refused.Message.ShouldBe("The master key must be 32 bytes in base64.");
    }

    [Fact]
    public void A_missing_key_and_a_missing_file_are_each_reported_with_a_remedy()
    {
        var none = Should.Throw<SetupException>(() => MasterKeyLoader.Load(Settings(null, null)));
        var gone = Should.Throw<SetupException>(() => MasterKeyLoader.Load(Settings("/nowhere/master.key", null)));

        new[] { none.Code, gone.Code }.ShouldAllBe(code => code == "master_key_missing");
        none.Message.ShouldContain("AUDIENCESYNC_MASTER_KEY_FILE");
        gone.Message.ShouldContain("/nowhere/master.key");
    }

    [Fact]
    public void A_key_of_another_length_is_invalid() =>
        Should.Throw<ArgumentException>(() => new MasterKey(1, new byte[MasterKey.KeyBytes - 1]));

    [Fact]
    public void Of_several_versions_all_open_and_the_highest_seals_in_any_order()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Below("master.key"), $" 3:{Base64(3)}\r\n\n1:{Base64(1)} \n2: {Base64(2)}");

        var keys = MasterKeyLoader.Load(Settings(folder.Below("master.key"), null));

        keys.All.Select(key => (int)key.Version).ShouldBe([1, 2, 3]);
        keys.Current.ShouldBe(keys.ByVersion(3));
        keys.ByVersion(2).CheckValue().ShouldBe(new MasterKey(2, Secret(2)).CheckValue());
        keys.Holds(4).ShouldBeFalse();
        Should.Throw<MasterKeyAbsentException>(() => keys.ByVersion(4));
        keys.ToString().ShouldBe("MasterKeys(1, 2, 3)");
    }

    [Fact]
    public void A_single_line_with_a_version_has_that_version() =>
        MasterKeyLoader.Load(Settings(null, $"7:{Base64(7)}")).All.ShouldHaveSingleItem().Version.ShouldBe((short)7);

    [Theory]
    [InlineData("1:{0}\n{0}", 2, "VERSION:BASE64")]
    [InlineData("{0}\n2:{0}", 1, "VERSION:BASE64")]
    [InlineData("{0}\n{0}", 1, "VERSION:BASE64")]
    [InlineData("1:{0}\n1:{0}", 2, "repeats version 1")]
    [InlineData("0:{0}", 1, "VERSION:BASE64")]
    [InlineData("-1:{0}", 1, "VERSION:BASE64")]
    [InlineData("+1:{0}", 1, "VERSION:BASE64")]
    [InlineData("32768:{0}", 1, "VERSION:BASE64")]
    [InlineData(":{0}", 1, "VERSION:BASE64")]
    [InlineData("one:{0}", 1, "VERSION:BASE64")]
    [InlineData("1:{0}\n2:", 2, "32 bytes")]
    [InlineData("1:{0}\n2:AAAA", 2, "32 bytes")]
    [InlineData("1:{0}\n2:{0}A", 2, "32 bytes")]
    public void An_invalid_line_is_refused_by_its_number_and_not_quoted(string form, int line, string message)
    {
        var text = form.Replace("{0}", Base64(1), StringComparison.Ordinal);

        var refused = Should.Throw<SetupException>(() => MasterKeyLoader.Load(Settings(null, text)));

        refused.Code.ShouldBe("master_key_invalid");
        refused.Message.ShouldContain($"Line {line} ");
        refused.Message.ShouldContain(message);
        refused.Message.ShouldNotContain(Base64(1)[..8]);
        refused.Message.ShouldNotContain("AAAA");
    }

    [Fact]
    public void No_key_or_two_keys_of_one_version_are_not_a_key_ring()
    {
        Should.Throw<ArgumentException>(() => new MasterKeys());
        Should.Throw<ArgumentException>(() => new MasterKeys(new MasterKey(1, Secret(1)), new MasterKey(1, Secret(2))));
    }

    private static byte[] Secret(byte first) => [first, .. Enumerable.Repeat((byte)0xAB, MasterKey.KeyBytes - 1)];

    private static string Base64(byte first) => Convert.ToBase64String(Secret(first));

    private static HostSettings Settings(string? file, string? inline) =>
        HostSettings.FromEnvironment(_ => null) with
        {
            MasterKeyFile = file,
            MasterKey = inline,
        };
}
