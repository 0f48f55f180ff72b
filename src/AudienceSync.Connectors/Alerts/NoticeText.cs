using System.Globalization;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Alerts;

/// <summary>The text of a notice, for every channel.</summary>
internal static class NoticeText
{
    /// <summary>A line for each subject, with what is measured of it; of many only the first.</summary>
    public static IReadOnlyList<string> Members(AlertNotice notice)
    {
        var lines = notice.Members.Take(ChannelLimits.NamedMembers).Select(Line).ToList();
        if (notice.Members.Count > ChannelLimits.NamedMembers)
        {
            lines.Add($"and {AlertText.Number(notice.Members.Count - ChannelLimits.NamedMembers)} more");
        }

        return lines;
    }

    /// <summary>What every channel shows beside the subjects.</summary>
    public static IReadOnlyList<(string Name, string Value)> Fields(AlertNotice notice) =>
        [
            ("Workspace", notice.Workspace),
            ("Since", AlertText.Moment(notice.BeganAt)),
            ("Affected", notice.Members.Count.ToString(CultureInfo.InvariantCulture)),
            .. notice.Owner is { } owner ? [("Owner", owner)] : Array.Empty<(string, string)>(),
        ];

    /// <summary>Cut to a number of characters, with a mark where something is missing.</summary>
    public static string Cut(string text, int chars) => text.Length <= chars ? text : text[..(chars - 1)] + "…";

    private static string Line(NoticeMember member) =>
        member.Facts.Count == 0
            ? member.Subject
            : $"{member.Subject}: {string.Join(", ", member.Facts.Select(fact => $"{fact.Name} {fact.Value}"))}";
}
