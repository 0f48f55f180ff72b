namespace AudienceSync.Shop.Running;

/// <summary>The options of the command line.</summary>
internal sealed record RunOptions
{
    public const int DefaultWebhooks = 20_000;
    public const int DefaultConnections = 16;
    public const int DefaultPort = 5400;
    public const int DefaultSandboxPort = 5480;

    public bool Once { get; init; }

    public bool Crash { get; init; }

    public int? Seed { get; init; }

    public int Webhooks { get; init; } = DefaultWebhooks;

    public int Connections { get; init; } = DefaultConnections;

    public int? Port { get; init; }

    public int? SandboxPort { get; init; }

    public string? Data { get; init; }

    public bool Faults { get; init; } = true;
}
