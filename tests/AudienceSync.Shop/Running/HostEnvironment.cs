using System.Globalization;

namespace AudienceSync.Shop.Running;

/// <summary>
/// The variables of the engine: it is started with them, and <c>./audiencesync</c> reads them from a file of the data folder, so that a
/// verb reaches a running <c>./run</c> by itself.
/// </summary>
internal static class HostEnvironment
{
    public const string FileName = "host.env";

    /// <param name="port">The port of its API.</param>
    /// <param name="folder">The data folder of the run.</param>
    public static Dictionary<string, string> Of(int port, DataFolder folder) =>
        new(StringComparer.Ordinal)
        {
            ["AUDIENCESYNC_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["AUDIENCESYNC_DATA"] = folder.Path,
            ["AUDIENCESYNC_POSTGRES"] = string.Empty, // The comparison needs a log that contains only this run.
            ["AUDIENCESYNC_CONFIG"] = folder.PathOf("audiencesync.yaml"),
            ["AUDIENCESYNC_MASTER_KEY_FILE"] = folder.PathOf("master.key"),
        };

    /// <summary>One variable a line; paths only, no secret.</summary>
    public static Task WriteAsync(Dictionary<string, string> environment, DataFolder folder, CancellationToken cancel) =>
        File.WriteAllLinesAsync(folder.PathOf(FileName), environment.Select(one => $"{one.Key}={one.Value}"), cancel);
}
