using System.Globalization;

namespace AudienceSync.Shop.Running;

/// <summary>The ports and the data folder of the two programs.</summary>
internal sealed record StageSettings(RepositoryRoot Root, string DataPath, bool IsTemporaryData, int Port, int SandboxPort)
{
    public Uri Api => Local(Port);

    public Uri Sandbox => Local(SandboxPort);

    /// <exception cref="StartException">A port is taken, or an environment variable does not contain a port number.</exception>
    public static StageSettings From(RunOptions options, RepositoryRoot root)
    {
        var free = options.Once ? Ports.TwoFree() : (First: RunOptions.DefaultPort, Second: RunOptions.DefaultSandboxPort);
        var port = options.Port ?? FromEnvironment("AUDIENCESYNC_PORT") ?? free.First;
        var sandboxPort = options.SandboxPort ?? FromEnvironment("AUDIENCESYNC_SANDBOX_PORT") ?? free.Second;
        if (port == sandboxPort)
        {
            throw new StartException($"the API and the sandbox cannot both listen on {port}; choose another with --sandbox-port N");
        }

        Ports.RequireFree(port, "--port");
        Ports.RequireFree(sandboxPort, "--sandbox-port");
        var name = options.Once ? $"once-{Environment.ProcessId}" : "run";
        var data = options.Data ?? Path.Combine(root.Path, ".data", name);
        return new StageSettings(root, Path.GetFullPath(data), options.Once && options.Data is null, port, sandboxPort);
    }

    private static Uri Local(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static int? FromEnvironment(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw new StartException($"{name} is not a port: {text}");
    }
}
