using Microsoft.AspNetCore.Connections;

namespace AudienceSync.Sandbox;

/// <summary>
/// The host process of <see cref="SandboxApp"/>. Exit codes: 0 stopped, 2 failed to start (the reason is one line on stderr).
/// </summary>
internal static class SandboxProgram
{
    private const int CouldNotStart = 2;

    private static async Task<int> Main()
    {
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
