using System.Security.Cryptography;
using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Running;

/// <summary>The secrets of one run, newly generated and stored in files that only the owner can read.</summary>
internal sealed class StageSecrets
{
    public string OperatorToken { get; } = Generate();

    public string MetaToken { get; } = Generate();

    public string GoogleRefreshToken { get; } = Generate();

    public string GoogleClientSecret { get; } = Generate();

    public string TikTokToken { get; } = Generate();

    public string ReportingKey { get; } = Generate();

    public string CustomerIoSite { get; } = Generate();

    public string CustomerIoKey { get; } = Generate();

    /// <summary>The last part of the address of the shop's channel in Slack.</summary>
    public string SlackToken { get; } = Generate();

    /// <summary>The key of the shop's integration at PagerDuty, which has 32 characters.</summary>
    public string PagerDutyKey { get; } = Generate()[..32];

    /// <summary>The key under which customer ids are hashed in the exposure log.</summary>
    public string LinkKey { get; } = Generate();

    public string SandboxAdminToken { get; } = Generate();

    public SenderKeys Sender { get; } = new(Generate(), Generate());

    /// <summary>Writes the files that audiencesync.yaml references, and a header file for curl.</summary>
    /// <param name="sandbox">The address of the imitated services.</param>
    public void Write(DataFolder folder, Uri sandbox)
    {
        Save(folder.PathOf("operator.token"), OperatorToken);
        Save(folder.PathOf("operator.header"), $"Authorization: Bearer {OperatorToken}\n");
        Save(folder.PathOf("journeys.token"), Sender.Token);
        Save(folder.PathOf("journeys.key"), Sender.SigningKey);
        Save(folder.PathOf("meta.token"), MetaToken);
        Save(folder.PathOf("google.token"), GoogleRefreshToken);
        Save(folder.PathOf("google.secret"), GoogleClientSecret);
        Save(folder.PathOf("tiktok.token"), TikTokToken);
        Save(folder.PathOf("reporting.key"), ReportingKey);
        Save(folder.PathOf("customerio.site"), CustomerIoSite);
        Save(folder.PathOf("customerio.key"), CustomerIoKey);
        Save(folder.PathOf("slack.url"), new Uri(sandbox, $"/slack/services/T0001/B0001/{SlackToken}").ToString());
        Save(folder.PathOf("pagerduty.key"), PagerDutyKey);
        Save(folder.PathOf("exposure-link.key"), LinkKey);
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

    private static string Generate() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
