using AudienceSync.Shop.Running;

namespace AudienceSync.Shop.Tests.Running;

public sealed class ShopCommandTests
{
    [Fact]
    public async Task Options_reach_the_run() =>
        (
            await ReadAsync(
                "--once",
                "--crash",
                "--seed",
                "9",
                "--webhooks",
                "500",
                "--port",
                "6000",
                "--sandbox-port",
                "6001",
                "--data",
                "/d",
                "--faults",
                "off"
            )
        ).ShouldBe(
            new RunOptions
            {
                Once = true,
                Crash = true,
                Seed = 9,
                Webhooks = 500,
                Port = 6000,
                SandboxPort = 6001,
                Data = "/d",
                Faults = false,
            }
        );

    [Fact]
    public async Task Without_options_the_shop_plays_20_000_webhooks_with_faults() =>
        (await ReadAsync()).ShouldBe(
            new RunOptions
            {
                Webhooks = 20_000,
                Connections = 16,
                Faults = true,
            }
        );

    [Theory]
    [InlineData("--crash")]
    [InlineData("--port", "0")]
    [InlineData("--webhooks", "5")]
    [InlineData("--faults", "sometimes")]
    [InlineData("--no-such-thing")]
    public void Invalid_options_are_an_error(params string[] arguments) =>
        ShopCommand.Make(_ => Task.FromResult(0)).Parse(arguments).Errors.ShouldNotBeEmpty();

    private static async Task<RunOptions?> ReadAsync(params string[] arguments)
    {
        RunOptions? read = null;
        var parsed = ShopCommand
            .Make(options =>
            {
                read = options;
                return Task.FromResult(0);
            })
            .Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        await parsed.InvokeAsync();
        return read;
    }
}
