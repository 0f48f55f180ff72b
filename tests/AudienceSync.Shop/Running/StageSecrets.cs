using System.Security.Cryptography;
using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Running;

/// <summary>The secrets of one run, drawn fresh and kept in files that only the owner reads.</summary>
internal sealed class StageSecrets
{
    public string OperatorToken { get; } = Draw();

    public string MetaToken { get; } = Draw();

    public string GoogleRefreshToken { get; } = Draw();

    public string GoogleClientSecret { get; } = Draw();

    public string TikTokToken { get; } = Draw();

    public string SandboxAdminToken { get; } = Draw();

    public SenderKeys Sender { get; } = new(Draw(), Draw());

    /// <summary>Writes the files that audiencesync.yaml names, and a header file for curl.</summary>
    public void Write(DataFolder folder)
    {
        Save(folder.PathOf("operator.token"), OperatorToken);
        Save(folder.PathOf("operator.header"), $"Authorization: Bearer {OperatorToken}\n");
        Save(folder.PathOf("journeys.token"), Sender.Token);
        Save(folder.PathOf("journeys.key"), Sender.SigningKey);
        Save(folder.PathOf("meta.token"), MetaToken);
        Save(folder.PathOf("google.token"), GoogleRefreshToken);
        Save(folder.PathOf("google.secret"), GoogleClientSecret);
        Save(folder.PathOf("tiktok.token"), TikTokToken);
        Save(folder.PathOf("master.key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
    }

    /// <summary>Creates a file with mode 0600.</summary>
    public static void Save(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    private static string Draw() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
