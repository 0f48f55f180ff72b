using System.Security.Cryptography;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class MasterKeyTests
{
    [Fact]
    public void A_key_is_read_from_its_file_before_the_environment_and_surrounding_space_does_not_matter()
    {
        using var folder = new TemporaryFolder();
        var secret = RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);
        File.WriteAllText(folder.Below("master.key"), $"\n {Convert.ToBase64String(secret)} \r\n");

        var fromFile = MasterKeyLoader.Load(Settings(folder.Below("master.key"), "nonsense"));
        var inline = MasterKeyLoader.Load(Settings(null, Convert.ToBase64String(secret)));

        fromFile.CheckValue().ShouldBe(new MasterKey(1, secret).CheckValue());
        inline.CheckValue().ShouldBe(fromFile.CheckValue());
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
    public void No_key_and_no_file_are_each_said_with_what_to_do()
    {
        var none = Should.Throw<SetupException>(() => MasterKeyLoader.Load(Settings(null, null)));
        var gone = Should.Throw<SetupException>(() => MasterKeyLoader.Load(Settings("/nowhere/master.key", null)));

        new[] { none.Code, gone.Code }.ShouldAllBe(code => code == "master_key_missing");
        none.Message.ShouldContain("AUDIENCESYNC_MASTER_KEY_FILE");
        gone.Message.ShouldContain("/nowhere/master.key");
    }

    [Fact]
    public void A_key_of_another_length_is_no_key() =>
        Should.Throw<ArgumentException>(() => new MasterKey(1, new byte[MasterKey.KeyBytes - 1]));

    [Fact]
    public async Task The_first_key_seen_is_the_key_of_the_data_for_ever()
    {
        var migrations = new Migrations(await PostgresCluster.CreateDatabaseAsync());
        await migrations.ApplyAsync([new WorkspaceName("default")], default);
        var (right, wrong) = (Key(1), Key(2));

        (await migrations.IsSameMasterKeyAsync(1, right.CheckValue(), default)).ShouldBeTrue();
        (await migrations.IsSameMasterKeyAsync(1, wrong.CheckValue(), default)).ShouldBeFalse();
        (await migrations.IsSameMasterKeyAsync(1, right.CheckValue(), default)).ShouldBeTrue();
        (await migrations.IsSameMasterKeyAsync(2, wrong.CheckValue(), default)).ShouldBeTrue("another version has its own key");
    }

    private static MasterKey Key(byte first) => new(1, [first, .. new byte[MasterKey.KeyBytes - 1]]);

    private static HostSettings Settings(string? file, string? inline) =>
        HostSettings.FromEnvironment(_ => null) with { MasterKeyFile = file, MasterKey = inline };
}
