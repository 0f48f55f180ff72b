using Microsoft.AspNetCore.Connections;

namespace AudienceSync.Sandbox;

/// <summary>
/// The host process of <see cref="SandboxApp"/>. Exit codes: 0 stopped, 2 failed to start (the reason is one line on stderr).
/// </summary>
internal static class SandboxProgram
{
    private const int CouldNotStart = 2;

    private const string Help = """
        Imitates the ad platforms for AudienceSync. It takes no arguments, only variables:
          SANDBOX_URLS         addresses to listen on, separated by semicolons
          SANDBOX_ADMIN_TOKEN  token of the admin interface; without it, it is off
          SANDBOX_CONFIG       a JSON file with the ad accounts
        See docs/sandbox.md.
        """;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            var isHelp = arguments is ["--help" or "-h" or "-?"];
            await (isHelp ? Console.Out : Console.Error).WriteLineAsync(isHelp ? Help : "sandbox: it takes no arguments; see --help");
            return isHelp ? 0 : CouldNotStart;
        }

        try
        {
            var options = SandboxEnvironment.Read(Environment.GetEnvironmentVariable);
            await using var app = SandboxApp.Create(options, TimeProvider.System);
            await app.RunAsync();
            return 0;
        }
        catch (SandboxSettingsException exception)
        {
            await Console.Error.WriteLineAsync($"sandbox: {exception.Message}");
            return CouldNotStart;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"sandbox: {exception.Message} Stop the other program or set SANDBOX_URLS.");
            return CouldNotStart;
        }
    }
}
