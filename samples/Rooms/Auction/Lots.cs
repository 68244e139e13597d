namespace WsCluster.Samples.Rooms;

/// <summary>What is for sale: pictures without end. The page draws them from their numbers.</summary>
public static class Lots
{
    private static readonly string[] Subjects = ["Harbour", "Orchard", "Eclipse", "Carousel", "Glasshouse", "Meridian", "Night Train", "Tide"];
    private static readonly string[] Colours = ["Coral", "Indigo", "Ochre", "Jade", "Silver", "Crimson", "Teal"];

    public static string TitleOf(int lot) => $"{Subjects[lot % Subjects.Length]} in {Colours[lot * 3 % Colours.Length]}";

    public static int StartOf(int lot) => 20 + (lot * 37 % 8 * 10);

    /// <summary>By how much a bid must top this one.</summary>
    public static int StepFrom(int price) => price switch
    {
        < 100 => 5,
        < 500 => 10,
        < 2000 => 50,
        _ => 100,
    };
}
