using System.Globalization;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Alerts;

/// <summary>The text of a notice, for every channel.</summary>
internal static class NoticeText
{
    /// <summary>A line for each subject, with what is measured of it; of many only the first.</summary>
    public static IReadOnlyList<string> Members(AlertNotice notice) => Lines(notice.Members);

    /// <summary>A weekly digest: a paragraph for each part.</summary>
    public static IReadOnlyList<string> WeeklyDigest(AlertNotice notice) =>
        [
            $"Workspace: {notice.Workspace}",
            $"Week from: {AlertText.Moment(notice.BeganAt)}",
            .. notice.Sections.SelectMany(section =>
                (string[])
                    ["", section.Title, .. section.Members.Count == 0 ? ["  none"] : Lines(section.Members).Select(line => "  " + line)]
            ),
            "",
            notice.Advice,
        ];

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

    private static List<string> Lines(IReadOnlyList<NoticeMember> members)
    {
        var lines = members.Take(ChannelLimits.NamedMembers).Select(Line).ToList();
        if (members.Count > ChannelLimits.NamedMembers)
        {
            lines.Add($"and {AlertText.Number(members.Count - ChannelLimits.NamedMembers)} more");
        }

        return lines;
    }

    private static string Line(NoticeMember member) =>
        member.Facts.Count == 0
            ? member.Subject
            : $"{member.Subject}: {string.Join(", ", member.Facts.Select(fact => $"{fact.Name} {fact.Value}"))}";
}
